import { lockfileInvalid, lockfileUnsupported } from "./errors.ts";
import { parseJson } from "./json.ts";
import type { Importer, LockedPackage, LockfileContent } from "./locked-package.ts";
import { withOptional } from "./optional.ts";
import { isTable, listOf, splitAt, type Table, tableOf, textOf, textsOf } from "./value.ts";

const KINDS = ["peerDependencies", "optionalDependencies", "devDependencies", "dependencies"];

/** The name that a key such as `sharp`, `a/@scope/b` or `@scope/a/b` ends with. */
function folderName(key: string): string {
  return /(?:@[^/]+\/)?[^/]+$/.exec(key)?.[0] ?? key;
}

/**
 * `[ "name@version", registry or "", { …dependencies, os, cpu }, integrity ]` of a package from a registry; others, as those
 * from git or of the workspace, have another length (bun's docs, "Lockfile").
 */
function lockedPackage(key: string, value: unknown, patched: ReadonlySet<string>): LockedPackage | null {
  const tuple: readonly unknown[] = Array.isArray(value) ? value : [];
  const id = textOf(tuple[0]);
  if (id === null || /^(workspace|link|root|file):/.test(splitAt(id)[1])) return null;
  const [name, version] = splitAt(id);
  const about: Table = tuple.find(isTable) ?? {};
  const folder = folderName(key);
  const source = textOf(tuple[1]) ?? "";
  return {
    name,
    version,
    key,
    aliases: name === folder ? [] : [folder],
    integrity: tuple.map(textOf).find((text) => /^sha\d+-/.test(text ?? "")) ?? null,
    pin: null,
    tarball: [source, version].find((text) => /^https?:.*\.tgz$/.test(text)) ?? null,
    os: listOf(about["os"]),
    cpu: listOf(about["cpu"]),
    libc: listOf(about["libc"]),
    optional: false,
    dependencies: textsOf(about["dependencies"]),
    optionalDependencies: textsOf(about["optionalDependencies"]),
    patched: patched.has(id),
  };
}

function importersOf(workspaces: Table): Importer[] {
  return Object.entries(workspaces).map(([path, entry]) => ({
    path,
    name: textOf(tableOf(entry)["name"]),
    specifiers: Object.assign({}, ...KINDS.map((kind) => textsOf(tableOf(entry)[kind]))),
  }));
}

/** Reads `bun.lock`, the text form that bun writes from 1.2 on. */
export function readBun(path: string, text: string): LockfileContent {
  const file = parseJson(path, text, true);
  const formatVersion = String(file["lockfileVersion"]);
  if (!["0", "1", "2"].includes(formatVersion))
    throw lockfileUnsupported(
      path,
      `version ${formatVersion}`,
      "bun's versions 0 to 2",
      "Update Sluice, or write the lockfile with bun 1.3.",
    );
  if (!isTable(file["packages"])) throw lockfileInvalid(path, null, "it has no packages");
  const patched = new Set(Object.keys(tableOf(file["patchedDependencies"])));
  const workspaces = tableOf(file["workspaces"]);
  const packages = Object.entries(file["packages"]).flatMap(([key, value]) => {
    return lockedPackage(key, value, patched) ?? [];
  });
  const required = Object.values(workspaces).flatMap((entry) =>
    ["dependencies", "devDependencies"].flatMap((kind) => Object.keys(textsOf(tableOf(entry)[kind]))),
  );
  return { formatVersion, packages: withOptional(packages, required), importers: importersOf(workspaces) };
}

/** The binary form that bun wrote before 1.2. */
export function refuseBinary(path: string): never {
  throw lockfileUnsupported(
    path,
    "bun.lockb, which is binary",
    "bun.lock",
    "Run bun install --save-text-lockfile --frozen-lockfile --lockfile-only, commit bun.lock and delete bun.lockb.",
  );
}
