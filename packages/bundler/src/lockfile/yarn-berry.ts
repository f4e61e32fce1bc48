import { lockfileInvalid, lockfileUnsupported } from "./errors.ts";
import type { Importer, LockedPackage, LockfileContent } from "./locked-package.ts";
import { withOptional } from "./optional.ts";
import { isTable, splitAt, type Table, tableOf, textOf, textsOf } from "./value.ts";
import { parseYaml } from "./yaml.ts";

/** The values of one key in `os=linux & cpu=x64 & libc=glibc`, or `(os=darwin | os=linux) & …`. */
function condition(conditions: string, key: string): readonly string[] | null {
  const values = [...conditions.matchAll(/(\w+)=([^\s&|()]+)/g)].filter((match) => match[1] === key);
  return values.length === 0 ? null : values.map((match) => match[2] ?? "");
}

/** The URL in `npm:1.0.0::__archiveUrl=https%3A%2F%2F…`, which yarn notes when it is not the usual one. */
function archiveUrl(reference: string): string | null {
  const bound = reference.split("::")[1] ?? "";
  return new URLSearchParams(bound).get("__archiveUrl");
}

function lockedPackage(key: string, entry: Table): LockedPackage {
  const [name, written] = splitAt(textOf(entry["resolution"]) ?? key);
  // `virtual:<hash>#npm:1.0.0` is the same package with certain peers.
  const reference = written.replace(/^virtual:[^#]*#/, "");
  const conditions = textOf(entry["conditions"]) ?? "";
  const meta = tableOf(entry["dependenciesMeta"]);
  const dependencies = Object.entries(textsOf(entry["dependencies"]));
  const isOptional = ([dependency]: [string, string]): boolean =>
    tableOf(meta[dependency])["optional"] === true;
  const folders = key.split(", ").map((descriptor) => splitAt(descriptor)[0]);
  return {
    name,
    version: String(entry["version"] ?? ""),
    key,
    aliases: [...new Set(folders)].filter((folder) => folder !== name),
    // `checksum` is that of the zip which yarn made of the tarball.
    integrity: null,
    pin: `${entry["resolution"]} ${entry["checksum"] ?? ""}`,
    tarball: /^https?:/.test(reference) ? reference.replace(/[#:]{2}.*$/, "") : archiveUrl(reference),
    os: condition(conditions, "os"),
    cpu: condition(conditions, "cpu"),
    libc: condition(conditions, "libc"),
    optional: false,
    dependencies: Object.fromEntries(dependencies.filter((one) => !isOptional(one))),
    optionalDependencies: Object.fromEntries(dependencies.filter(isOptional)),
    patched: reference.startsWith("patch:"),
  };
}

/** The folder of a workspace package; `null` for what is none. */
function workspaceOf(entry: Table): string | null {
  const reference = splitAt(textOf(entry["resolution"]) ?? "")[1];
  if (!reference.startsWith("workspace:")) return null;
  const folder = reference.slice("workspace:".length);
  return folder === "." ? "" : folder;
}

/** Reads the `yarn.lock` of yarn 2 and newer. */
export function readYarnBerry(path: string, text: string): LockfileContent {
  const [document = {}] = parseYaml(path, text);
  const { __metadata: metadata, ...rest } = document;
  if (!isTable(metadata)) throw lockfileInvalid(path, null, "it has no __metadata");
  const formatVersion = String(metadata["version"]);
  if (!/^([4-9]|1\d)$/.test(formatVersion))
    throw lockfileUnsupported(
      path,
      `version ${formatVersion}`,
      "yarn's versions 1 and 4 to 10",
      "Update Sluice, or write the lockfile with yarn 4.",
    );
  const entries = Object.entries(rest).map(([key, entry]) => [key, tableOf(entry)] as const);
  const importers = entries.flatMap(([, entry]): Importer[] => {
    const folder = workspaceOf(entry);
    const name = splitAt(textOf(entry["resolution"]) ?? "")[0];
    return folder === null ? [] : [{ path: folder, name, specifiers: textsOf(entry["dependencies"]) }];
  });
  const packages = entries.filter(([, entry]) => workspaceOf(entry) === null);
  const required = importers.flatMap(({ specifiers }) => Object.keys(specifiers));
  return {
    formatVersion,
    packages: withOptional(
      packages.map(([key, entry]) => lockedPackage(key, entry)),
      required,
    ),
    importers,
  };
}
