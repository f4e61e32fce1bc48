/**
 * Where the files of a wheel go in a flat folder on `sys.path` (PyPA, "Binary distribution format", section "The .data
 * directory"), as with `pip install --target`.
 */
const SCHEMES: ReadonlyMap<string, "top" | "out"> = new Map([
  ["purelib", "top"],
  ["platlib", "top"],
  ["data", "top"],
  // pip puts scripts into `bin` and headers below `include`; nothing on Lambda runs or compiles them.
  ["scripts", "out"],
  ["headers", "out"],
]);

const DATA_FOLDER = /^[^/]+\.data\//;

/**
 * @returns where a file of a wheel goes; `null` for one that is left out; `undefined` for one below `.data` that no scheme
 * of the format has
 */
export function placeOf(path: string): string | null | undefined {
  const inside = DATA_FOLDER.exec(path)?.[0];
  if (inside === undefined) return path;
  const [scheme = "", rest = ""] = path.slice(inside.length).split(/\/(.*)/s);
  const place = rest === "" ? undefined : SCHEMES.get(scheme);
  if (place === undefined) return undefined;
  return place === "top" ? rest : null;
}

const ELF_MAGIC = "\x7fELF";
const SHARED_LIBRARY = /\.so(?:\.\w+)*$/;

function startsWith(bytes: Uint8Array, text: string): boolean {
  return text.length <= bytes.length && [...text].every((char, at) => bytes[at] === char.charCodeAt(0));
}

/**
 * Whether a file has to be executable: a script or a program that is so in the wheel. Shared libraries are loaded whatever
 * their mode is, and builders differ in it.
 */
export function isExecutable(path: string, mode: number, bytes: Uint8Array): boolean {
  if ((mode & 0o111) === 0) return false;
  return startsWith(bytes, "#!") || (startsWith(bytes, ELF_MAGIC) && !SHARED_LIBRARY.test(path));
}
