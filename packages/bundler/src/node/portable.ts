import type { BuiltEntry } from "./output.ts";

const INSTALLED = "node_modules/";

/**
 * How a path outside of the repository's root is named in outputs. Where packages are installed differs by machine (a
 * workspace's root, a package manager's store in the home folder); what they are does not: the name begins at the first
 * `node_modules/`.
 *
 * @param path - relative to the root
 */
export function portableName(path: string): string {
  const at = path.indexOf(INSTALLED);
  return path.startsWith("../") && at >= 0 ? path.slice(at) : path;
}

/** Whether a file is of an installed package, not the repository's own. */
export function isInstalled(path: string): boolean {
  return /(^|[/\\])node_modules[/\\]/.test(path);
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/**
 * The map with its sources renamed as text: written anew, it would differ from esbuild's own in its spaces, and a machine
 * where nothing has to be renamed keeps esbuild's. They stand in one line, before everything that a source could imitate.
 */
function renamedMap(map: Uint8Array): Uint8Array {
  const before = text(map);
  const line = /^ *"sources": \[.*\],?$/m.exec(before);
  if (line === null) return map;
  const renamed = line[0].replace(
    /"(\.\.\/(?:[^"\\]|\\.)*)"/g,
    (_, path: string) => `"${portableName(path)}"`,
  );
  const end = line.index + line[0].length;
  return Buffer.from(before.slice(0, line.index) + renamed + before.slice(end));
}

/**
 * Takes the machine's paths out of an entry's outputs: out of the map's sources, the licence texts' headings, and, when it is
 * not minified, out of the comments and keys by which esbuild names modules.
 */
export function withPortableNames(built: BuiltEntry): BuiltEntry {
  // What a package's `browser` key takes out of a bundle is named in it all the same, behind this mark.
  const inputs = Object.keys(built.metafile.inputs).map((path) => path.replace(/^\(disabled\):/, ""));
  const foreign = inputs.filter((path) => portableName(path) !== path);
  if (foreign.length === 0) return built;
  // The longest first: one path may begin another.
  foreign.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const rename = (bytes: Uint8Array): Uint8Array => {
    const before = text(bytes);
    let after = before;
    for (const path of foreign) if (after.includes(path)) after = after.replaceAll(path, portableName(path));
    return after === before ? bytes : Buffer.from(after);
  };
  return {
    ...built,
    code: rename(built.code),
    legal: built.legal === null ? null : rename(built.legal),
    map: built.map === null ? null : renamedMap(built.map),
  };
}
