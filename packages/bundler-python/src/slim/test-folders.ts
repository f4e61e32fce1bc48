import { codeOf } from "./code-of.ts";
import { FOLDER, findMentions, findPaths, placesOf } from "./imports.ts";
import { wordBefore } from "./word-before.ts";

/** A file of site-packages, or of the function's own sources. */
export interface SlimFile {
  /** Relative to the folder that imports start from, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const IN_FOLDER = new RegExp(`^(?:[^/]+/)*?(?:${FOLDER})(?=/)`);

/**
 * What proves that a folder `test` holds tests: `django/test` is Django's API for them, and a folder of data may have any name.
 */
const PROOF = /\/(?:test_[^/]*|bench_[^/]*|[^/]*_tests?|conftest)\.py$/;

/** A text without any of these names no module in a folder of tests. */
const WORDS = ["test", "benchmarks", "asv_bench", "SelfTest"].map((word) => Buffer.from(word));

const MODULE = /\.(?:py|pyc|so|abi3\.so|cpython-[^/]*\.so)$/;

/** Paths of the files of one wheel that are in folders of tests, wherever these stand in it. */
export function findTests(files: readonly SlimFile[]): Set<string> {
  const folderOf = (path: string): string | undefined => IN_FOLDER.exec(path)?.[0];
  const proven = new Set(files.filter(({ path }) => PROOF.test(path)).map(({ path }) => folderOf(path)));
  proven.delete(undefined);
  const inTests = files.filter(({ path }) => proven.has(folderOf(path)));
  return new Set(inTests.map(({ path }) => path));
}

/** The same bytes. */
export function bufferOf({ bytes }: SlimFile): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textOf(file: SlimFile): string {
  return bufferOf(file).toString("latin1");
}

/** What imports call a module's file: its path without extension, and of `__init__` that of its folder. */
function placeOf(path: string): string {
  return path.replace(MODULE, "").replace(/\/__init__$/, "");
}

/** The folders around a file. */
function packagesOf(path: string): string[] {
  const segments = path.split("/").slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join("/"));
}

function indexOf(tests: readonly SlimFile[]): ReadonlyMap<string, readonly SlimFile[]> {
  const index = new Map<string, SlimFile[]>();
  for (const file of tests) {
    if (!MODULE.test(file.path)) continue;
    const place = placeOf(file.path);
    index.set(place, [...(index.get(place) ?? []), file]);
  }
  return index;
}

/** Files of test folders that a text names by path, from any folder above the file that the text is of. */
function namedByPath(text: string, file: string, tests: readonly SlimFile[]): SlimFile[] {
  const folders = packagesOf(file);
  const named = findPaths(text).flatMap((path) => [path, ...folders.map((folder) => `${folder}/${path}`)]);
  return named.flatMap((path) =>
    tests.filter((test) => test.path === path || test.path.startsWith(`${path}/`)),
  );
}

/** Data beside a test module that stays: files and folders that its text names. */
function dataOf(text: string, module: string, tests: readonly SlimFile[]): SlimFile[] {
  const folder = module.slice(0, module.lastIndexOf("/") + 1);
  const beside = tests.filter(({ path }) => path.startsWith(folder) && !MODULE.test(path));
  return beside.filter(({ path }) => {
    const name = path.slice(folder.length).split("/", 1)[0] ?? "";
    return [`"${name}"`, `'${name}'`, `"${name}/`, `'${name}/`].some((literal) => text.includes(literal));
  });
}

/** What such a folder is called, where it is one: not `pytest`, `latest` or `test_value`. */
const WHOLE_WORD = new RegExp(`\\b(?:${FOLDER})\\b`);

/** The code of a file outside of test folders; `null` when nothing in it can lead into one: most speak of tests in comments alone. */
function namingCode(file: SlimFile): string | null {
  if (!WORDS.some((word) => bufferOf(file).includes(word))) return null;
  const source = textOf(file);
  if (!WHOLE_WORD.test(source)) return null;
  const code = codeOf(source);
  return WHOLE_WORD.test(code) ? code : null;
}

/** Whether a file can name modules in its text. */
function isText(path: string): boolean {
  return path.endsWith(".py") || path.endsWith(".dist-info/entry_points.txt");
}

/** Modules that Cython or mypyc compiled name others in their data. */
const COMPILED = /\.so$/;

/** Bytes before a name's last part that are looked at. */
const LONGEST_NAME = 100;

/**
 * Test folders that a compiled module names. Of an import from a folder it holds the names apart from each other, so all of the
 * folder is meant.
 */
function foldersInside(file: SlimFile): Set<string> {
  const buffer = bufferOf(file);
  const found = new Set<string>();
  for (let at = buffer.indexOf(".tests"); at !== -1; at = buffer.indexOf(".tests", at + 1)) {
    const text = buffer.toString("latin1", Math.max(0, at - LONGEST_NAME), at);
    const before = wordBefore(text, text.length, LONGEST_NAME);
    found.add(`${before.replaceAll(".", "/")}/tests/`);
  }
  return found;
}

/**
 * Of the files in test folders, those that something else imports or names, with all that they need of their kind in turn:
 * `numpy.testing` takes a module out of `numpy._core.tests`.
 *
 * @param tests - files in folders of tests, of all wheels
 * @param others - all other files of all wheels, and the function's own sources
 * @returns paths
 */
export function testsInUse(tests: readonly SlimFile[], others: readonly SlimFile[]): Set<string> {
  const used = new Set<string>();
  if (tests.length === 0) return used;
  const index = indexOf(tests);
  const queue: SlimFile[] = [];
  const use = (file: SlimFile): void => {
    if (used.has(file.path)) return;
    used.add(file.path);
    if (isText(file.path)) queue.push(file);
  };
  const follow = (text: string, file: string): void => {
    for (const mention of findMentions(text))
      for (const place of placesOf(mention, file)) index.get(place)?.forEach(use);
  };
  for (const file of others) {
    if (COMPILED.test(file.path))
      for (const folder of foldersInside(file))
        tests.filter(({ path }) => path.startsWith(folder)).forEach(use);
    const text = isText(file.path) ? namingCode(file) : null;
    if (text === null) continue;
    follow(text, file.path);
    namedByPath(text, file.path, tests).forEach(use);
  }
  for (const file of queue) {
    // The packages around it are imported before it.
    for (const place of packagesOf(file.path)) index.get(place)?.forEach(use);
    const text = codeOf(textOf(file));
    follow(text, file.path);
    dataOf(text, file.path, tests).forEach(use);
  }
  return used;
}
