import { lockfileUnsupported } from "./errors.ts";
import type { Importer, LockedPackage, LockfileContent } from "./locked-package.ts";
import { isTable, listOf, splitAt, type Table, tableOf, textOf, textsOf } from "./value.ts";
import { parseYaml } from "./yaml.ts";

const KINDS = ["dependencies", "devDependencies", "optionalDependencies"] as const;

/** `/name@1.0.0(peer@2)` (6.0) and `name@1.0.0(patch_hash=…)` (9.0) without what stands in brackets. */
function withoutSuffix(key: string): string {
  const bracket = key.indexOf("(");
  return bracket === -1 ? key : key.slice(0, bracket);
}

/** A package at one set of peers: `shared` is what does not depend on them. */
function lockedPackage(key: string, shared: Table, own: Table): LockedPackage {
  const [name, version] = splitAt(withoutSuffix(key).replace(/^\//, ""));
  const resolution = tableOf(shared["resolution"]);
  return {
    name: textOf(shared["name"]) ?? name,
    version: textOf(shared["version"]) ?? version,
    key,
    aliases: [],
    integrity: textOf(resolution["integrity"]),
    pin: null,
    tarball: textOf(resolution["tarball"]),
    os: listOf(shared["os"]),
    cpu: listOf(shared["cpu"]),
    libc: listOf(shared["libc"]),
    optional: own["optional"] === true,
    dependencies: textsOf(own["dependencies"]),
    optionalDependencies: textsOf(own["optionalDependencies"]),
    patched: key.includes("(patch_hash=") || own["patched"] === true,
  };
}

function packagesOf(document: Table): LockedPackage[] {
  const packages = tableOf(document["packages"]);
  // 9.0 keeps apart what is the package's and what is the resolution's; before, one entry held both.
  const snapshots = document["snapshots"];
  if (!isTable(snapshots))
    return Object.entries(packages).map(([key, entry]) => lockedPackage(key, tableOf(entry), tableOf(entry)));
  return Object.entries(snapshots).map(([key, entry]) => {
    const shared = packages[key] ?? packages[withoutSuffix(key)];
    return lockedPackage(key, tableOf(shared), tableOf(entry));
  });
}

/** `{ specifier, version }` of each dependency as one text. */
function importerOf(path: string, value: unknown): Importer {
  const asked = KINDS.flatMap((kind) => Object.entries(tableOf(tableOf(value)[kind])));
  const specifiers = asked.map(([name, entry]) => {
    const { specifier, version } = tableOf(entry);
    return [name, `${specifier} ${version}`];
  });
  return { path: path === "." ? "" : path, name: null, specifiers: Object.fromEntries(specifiers) };
}

function importersOf(document: Table): Importer[] {
  // 6.0 leaves `importers` out when there is one alone.
  if (!isTable(document["importers"])) return [importerOf("", document)];
  return Object.entries(document["importers"]).map(([path, value]) => importerOf(path, value));
}

/**
 * Reads `pnpm-lock.yaml`, formats 6 and 9. From pnpm 11 on a document of its own may stand first, with what pnpm itself needs
 * (`configDependencies`, its own version): no function can import that.
 */
export function readPnpm(path: string, text: string): LockfileContent {
  const documents = parseYaml(path, text);
  const document = documents.at(-1) ?? {};
  const formatVersion = String(document["lockfileVersion"]);
  if (!/^(6|9)(\.\d+)?$/.test(formatVersion))
    throw lockfileUnsupported(
      path,
      `version ${formatVersion}`,
      "pnpm's versions 6 and 9",
      Number.parseFloat(formatVersion) < 6
        ? "Run pnpm install --lockfile-only with pnpm 9 or newer, and commit the lockfile."
        : "Update Sluice, or write the lockfile with pnpm 9, 10, 11 or 12.",
    );
  return { formatVersion, packages: packagesOf(document), importers: importersOf(document) };
}
