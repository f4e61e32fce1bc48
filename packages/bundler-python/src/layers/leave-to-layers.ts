import { initKind } from "../wheels/namespace.ts";
import {
  type ModuleName,
  moduleNameOf,
  type PathEntry,
  parentOf,
  pathEntry,
  searchPath,
} from "./search-path.ts";

/** A file that is to be packed, or left to a layer. */
export interface PlacedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A package of the function that its layers hold as well. */
export interface Candidate {
  /** Normalized name. */
  readonly name: string;
  readonly files: readonly PlacedFile[];
}

/** What is packed in spite of a layer, and what is not. */
export interface Leaving {
  /** Names of packages that are left to layers. */
  readonly left: ReadonlySet<string>;
  /** Name → the package of which a layer's part would be hidden, or would hide the function's, as `google.cloud`. */
  readonly packed: ReadonlyMap<string, string>;
  /** Packages, as `google/cloud`, that need an `__init__.py` in the function for its own part of them to be found. */
  readonly joined: readonly string[];
}

interface Module extends ModuleName {
  /** Whether it is a package's own code, not the mark of a namespace. */
  readonly isCode: boolean;
}

function textOf({ bytes }: PlacedFile): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function modulesOf(files: readonly PlacedFile[]): Module[] {
  return files.flatMap((file) => {
    const found = moduleNameOf(file.path);
    if (found === null) return [];
    const isCode = !found.isPackage || !file.path.endsWith(".py") || initKind(textOf(file)) === "code";
    return [{ ...found, isCode }];
  });
}

/** Packages whose `__init__.py` joins their folders. Of several files at one place, one with code is what will be there. */
export function extendingIn(files: readonly PlacedFile[]): string[] {
  const extending = new Set<string>();
  const others = new Set<string>();
  for (const file of files) {
    if (!file.path.endsWith("/__init__.py")) continue;
    const kind = initKind(textOf(file));
    if (kind === "pkgutil") extending.add(parentOf(file.path));
    else if (kind === "code") others.add(parentOf(file.path));
  }
  return [...extending].filter((name) => !others.has(name));
}

/** The packages that a module is in, the topmost first. */
function packagesAbove(name: string): string[] {
  const parent = parentOf(name);
  return parent === "" ? [] : [...packagesAbove(parent), parent];
}

function dotted(name: string): string {
  return name.replaceAll("/", ".");
}

/** One state of the search for what can be left. */
class Division {
  readonly left: Map<string, readonly Module[]>;
  readonly packed = new Map<string, string>();
  readonly joined = new Set<string>();
  private readonly candidates: readonly Candidate[];
  private readonly own: readonly PlacedFile[];
  private readonly layers: readonly PathEntry[];
  /** Whether a module would be found without layers. */
  private readonly isFoundWithout: (name: string) => boolean;

  constructor(candidates: readonly Candidate[], own: readonly PlacedFile[], layers: readonly PathEntry[]) {
    this.candidates = candidates;
    this.own = own;
    this.layers = layers;
    this.left = new Map(candidates.map(({ name, files }) => [name, modulesOf(files)]));
    const all = [...own, ...candidates.flatMap(({ files }) => files)];
    const whole = pathEntry(
      all.map(({ path }) => path),
      extendingIn(all),
    );
    const alone = searchPath([whole]);
    this.isFoundWithout = (name) => alone.gives(whole, name);
  }

  /** Packs what does not work apart; whether there was any. */
  step(): boolean {
    const files = [
      ...this.own,
      ...this.candidates.flatMap(({ name, files }) => (this.left.has(name) ? [] : files)),
    ];
    const joined = [...this.joined];
    const paths = [...files.map(({ path }) => path), ...joined.map((name) => `${name}/__init__.py`)];
    const task = pathEntry(paths, [...extendingIn(files), ...joined]);
    return this.packHidden(task) || this.uncover(task, modulesOf(files));
  }

  private pack(name: string, because: string): void {
    this.left.delete(name);
    this.packed.set(name, dotted(because));
  }

  /** Packages of layers of which a module would not be found, or another in its place. */
  private packHidden(task: PathEntry): boolean {
    const path = searchPath([task, ...this.layers]);
    const before = this.left.size;
    for (const [name, modules] of this.left) {
      const hidden = modules.find((module) => {
        const isFound = this.layers.some((layer) => path.gives(layer, module.name));
        return module.isCode && !isFound;
      });
      if (hidden === undefined) continue;
      const [top = hidden.name] = packagesAbove(hidden.name).filter((each) => task.folders.has(each));
      this.pack(name, top);
    }
    return this.left.size < before;
  }

  /** Modules in the function's own package that would be found if all of it were there, and are hidden by a layer. */
  private uncover(task: PathEntry, modules: readonly Module[]): boolean {
    const path = searchPath([task, ...this.layers]);
    const hidden = modules.filter(
      ({ name }) => this.isFoundWithout(name) && !path.gives(task, name) && !this.joined.has(name),
    );
    const blocked = new Set<string>();
    for (const { name } of hidden) {
      const packages = [...packagesAbove(name), name].filter((each) => task.folders.has(each));
      const first = packages.find((each) => path.portions(each)[0] !== task);
      if (first !== undefined) blocked.add(first);
    }
    const isOf = (found: readonly Module[]): string | undefined =>
      [...blocked].find((each) => found.some((module) => module.name === each));
    const owners = [...this.left].flatMap(([name, found]) => {
      const because = isOf(found);
      return because === undefined ? [] : [{ name, because }];
    });
    for (const { name, because } of owners) this.pack(name, because);
    if (owners.length > 0) return true;
    const before = this.joined.size;
    for (const each of blocked) this.joined.add(each);
    return this.joined.size > before;
  }
}

/**
 * Decides which packages a function can leave to its layers. Lambda looks for modules in the function's own package first; of a package
 * that has parts in both, Python finds both only where neither has an `__init__.py` (PEP 420), or the first one joins them
 * (`pkgutil.extend_path`). What would be hidden is packed; where a layer's own package would hide a part of the function's, an
 * `__init__.py` that joins them is added.
 *
 * @param candidates - packages that the layers hold as the function needs them, which may be left
 * @param own - all other files of the function's package
 * @param layers - what the function's layers have on `sys.path`, in its order
 */
export function leaveToLayers(
  candidates: readonly Candidate[],
  own: readonly PlacedFile[],
  layers: readonly PathEntry[],
): Leaving {
  const division = new Division(candidates, own, layers);
  // Each step packs a package or joins a folder, of which there are only so many.
  while (division.step());
  return {
    left: new Set(division.left.keys()),
    packed: division.packed,
    joined: [...division.joined].sort(),
  };
}

/** The text of an `__init__.py` that joins the folders of its name on `sys.path` (the module pkgutil's own documentation). */
export const JOINING = '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n';
