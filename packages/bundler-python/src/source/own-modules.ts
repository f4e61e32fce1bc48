import { join } from "node:path";
import type { PythonTarget } from "../target.ts";
import type { SourceTree } from "./source-tree.ts";
import { isBuiltin, isStandard } from "./standard-library.ts";

/** A module or regular package of the repository. */
export interface OwnModule {
  /** Dotted, as it is imported. */
  readonly name: string;
  /** Absolute path of its file: of a package, its `__init__.py`. */
  readonly file: string;
  /** Absolute path of the folder that its name starts from. */
  readonly root: string;
  /** Absolute path of the folder that its file stands in. */
  readonly folder: string;
  readonly isPackage: boolean;
}

/** What a dotted name comes to among own modules. */
export interface FoundModule {
  /** Own modules on the way: packages above, then the module itself; namespace packages have no file and are not in it. */
  readonly chain: readonly OwnModule[];
  /** How many parts of the name were found, namespace packages counted. */
  readonly depth: number;
  /** Folders that the last part stands for, when that is a package. */
  readonly folders: readonly { readonly root: string; readonly folder: string }[];
}

interface Location {
  readonly root: string;
  readonly folder: string;
}

/** Finds own modules by their dotted names, as Python's path finder does (PEP 420 for packages without `__init__.py`). */
export type FindModule = (parts: readonly string[]) => FoundModule;

export interface ModuleScope {
  readonly tree: SourceTree;
  readonly target: PythonTarget;
  /** Absolute paths of the folders that names start from, best first. */
  readonly roots: readonly string[];
  /** Absolute paths of folders that are projects of their own, and no packages of this one. */
  readonly projects: readonly string[];
  /** First parts of names that packages give: own modules of those names are looked for at the first root alone. */
  readonly given?: ReadonlySet<string>;
}

/** Endings of extension modules that the target loads, best first (`importlib.machinery.EXTENSION_SUFFIXES`). */
export function extensionSuffixes({ minor, architecture }: PythonTarget): string[] {
  const machine = architecture === "arm64" ? "aarch64" : "x86_64";
  return [`.cpython-3${minor}-${machine}-linux-gnu.so`, ".abi3.so", ".so"];
}

function fileOf({ tree, target }: ModuleScope, folder: string, part: string): string | undefined {
  return [...extensionSuffixes(target), ".py"]
    .map((suffix) => part + suffix)
    .find((name) => tree.isFile(folder, name));
}

/** Where a name may start: what the standard library or a package has is looked for at the first root alone. */
function startOf({ target, roots, given }: ModuleScope, first: string): Location[] {
  if (isBuiltin(first)) return [];
  const allowed = isStandard(first, target.minor) || given?.has(first) ? roots.slice(0, 1) : roots;
  return allowed.map((root) => ({ root, folder: root }));
}

interface Step {
  readonly module: Omit<OwnModule, "name"> | null;
  readonly folders: readonly Location[];
}

function step(scope: ModuleScope, locations: readonly Location[], part: string): Step | null {
  const portions: Location[] = [];
  for (const { root, folder } of locations) {
    const inner = join(folder, part);
    const isFolder = scope.tree.isFolder(folder, part) && !scope.projects.includes(inner);
    if (isFolder && scope.tree.isFile(inner, "__init__.py")) {
      const file = join(inner, "__init__.py");
      return { module: { file, root, folder: inner, isPackage: true }, folders: [{ root, folder: inner }] };
    }
    const file = fileOf(scope, folder, part);
    if (file !== undefined)
      return { module: { file: join(folder, file), root, folder, isPackage: false }, folders: [] };
    if (isFolder) portions.push({ root, folder: inner });
  }
  return portions.length === 0 ? null : { module: null, folders: portions };
}

function findFrom(scope: ModuleScope, start: readonly Location[], parts: readonly string[]): FoundModule {
  const chain: OwnModule[] = [];
  let folders = start;
  for (const [index, part] of parts.entries()) {
    const next = step(scope, folders, part);
    if (next === null) return { chain, depth: index, folders };
    if (next.module !== null) chain.push({ ...next.module, name: parts.slice(0, index + 1).join(".") });
    folders = next.folders;
  }
  return { chain, depth: parts.length, folders };
}

/** The first root that has a module of the name has it; where none has, folders of all of them are one namespace package. */
function find(scope: ModuleScope, parts: readonly string[]): FoundModule {
  const start = startOf(scope, parts[0] ?? "");
  for (const location of start) {
    const found = findFrom(scope, [location], parts);
    if (found.chain.length > 0) return found;
  }
  return findFrom(scope, start, parts);
}

export function createFinder(scope: ModuleScope): FindModule {
  const known = new Map<string, FoundModule>();
  return (parts) => {
    const key = parts.join(".");
    const found = known.get(key) ?? find(scope, parts);
    known.set(key, found);
    return found;
  };
}
