import { lockfileInvalid, lockfileUnsupported } from "./errors.ts";
import { parseJson } from "./json.ts";
import type { Importer, LockedPackage, LockfileContent } from "./locked-package.ts";
import { isTable, listOf, splitAt, type Table, tableOf, textOf, textsOf } from "./value.ts";

const FOLDER = "node_modules/";

/** The name that a package is installed under. */
function folderName(key: string): string {
  return key.slice(key.lastIndexOf(FOLDER) + FOLDER.length);
}

function isUrl(text: string | null): text is string {
  return text !== null && /^https?:/.test(text);
}

/** An entry of `packages` (v2, v3): docs.npmjs.com, "package-lock.json". */
function fromEntry(key: string, entry: Table): LockedPackage {
  const folder = folderName(key);
  const name = textOf(entry["name"]) ?? folder;
  const resolved = textOf(entry["resolved"]);
  return {
    name,
    version: textOf(entry["version"]) ?? "",
    key,
    aliases: name === folder ? [] : [folder],
    integrity: textOf(entry["integrity"]),
    pin: null,
    tarball: isUrl(resolved) ? resolved : null,
    os: listOf(entry["os"]),
    cpu: listOf(entry["cpu"]),
    libc: listOf(entry["libc"]),
    // `devOptional`: for production, only optional dependencies lead to it.
    optional: entry["optional"] === true || entry["devOptional"] === true,
    dependencies: textsOf(entry["dependencies"]),
    optionalDependencies: textsOf(entry["optionalDependencies"]),
    patched: false,
  };
}

function importerOf(path: string, entry: Table): Importer {
  const kinds = ["peerDependencies", "optionalDependencies", "devDependencies", "dependencies"];
  return {
    path,
    name: textOf(entry["name"]),
    specifiers: Object.assign({}, ...kinds.map((kind) => textsOf(entry[kind]))),
  };
}

/** The tree of `dependencies` (v1), as the flat list of places that v2 made of it. */
function fromTree(dependencies: Table, above: string): LockedPackage[] {
  return Object.entries(dependencies).flatMap(([folder, value]) => {
    const entry = tableOf(value);
    const key = `${above}${FOLDER}${folder}`;
    const written = textOf(entry["version"]) ?? "";
    const [name, version] = written.startsWith("npm:") ? splitAt(written.slice(4)) : [folder, written];
    const resolved = textOf(entry["resolved"]);
    const one: LockedPackage = {
      ...fromEntry(key, { ...entry, name, version, dependencies: entry["requires"] }),
      tarball: isUrl(resolved) ? resolved : isUrl(version) ? version : null,
    };
    const isFolder = written.startsWith("file:") && textOf(entry["integrity"]) === null;
    return [...(isFolder ? [] : [one]), ...fromTree(tableOf(entry["dependencies"]), `${key}/`)];
  });
}

/**
 * Reads `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3, and npm's own hidden
 * `node_modules/.package-lock.json`.
 */
export function readNpm(path: string, text: string): LockfileContent {
  const file = parseJson(path, text);
  const formatVersion = String(file["lockfileVersion"] ?? 1);
  if (!["1", "2", "3"].includes(formatVersion))
    throw lockfileUnsupported(
      path,
      `version ${formatVersion}`,
      "npm's versions 1 to 3",
      "Write it with npm install --lockfile-version 3, or update Sluice.",
    );
  if (formatVersion === "1")
    return { formatVersion, packages: fromTree(tableOf(file["dependencies"]), ""), importers: [] };
  if (!isTable(file["packages"])) throw lockfileInvalid(path, null, "it has no packages");
  const entries = Object.entries(file["packages"]).map(([key, entry]) => [key, tableOf(entry)] as const);
  const isInstalled = (key: string): boolean => key.startsWith(FOLDER) || key.includes(`/${FOLDER}`);
  return {
    formatVersion,
    packages: entries
      .filter(([key, entry]) => isInstalled(key) && entry["link"] !== true)
      .map(([key, entry]) => fromEntry(key, entry)),
    importers: entries.filter(([key]) => !isInstalled(key)).map(([key, entry]) => importerOf(key, entry)),
  };
}
