/** A module as import finds it, in `a/b/c.py`, `c.pyc` or `c.cpython-313-x86_64-linux-gnu.so`; other names no import can spell. */
const MODULE = /^((?:[^\W\d]\w*\/)*)([^\W\d]\w*)(?:\.pyc?|\.(?:[\w-]+\.)?so)$/u;

/** A folder on `sys.path`, by what import finds there. Modules and packages are paths without extension: `google/cloud/storage`. */
export interface PathEntry {
  readonly modules: ReadonlySet<string>;
  /** With an `__init__`. */
  readonly packages: ReadonlySet<string>;
  /** Those whose `__init__.py` joins folders of the same name elsewhere on the path (`pkgutil.extend_path`). */
  readonly extending: ReadonlySet<string>;
  /** All of them, with an `__init__` or without. */
  readonly folders: ReadonlySet<string>;
}

/** What a file is to import: `null` for data. */
export interface ModuleName {
  /** Of `a/b/__init__.py` it is `a/b`. */
  readonly name: string;
  readonly isPackage: boolean;
}

export function moduleNameOf(path: string): ModuleName | null {
  const [, folder = "", stem = ""] = MODULE.exec(path) ?? [];
  if (stem === "") return null;
  return stem === "__init__"
    ? folder === ""
      ? null
      : { name: folder.slice(0, -1), isPackage: true }
    : { name: folder + stem, isPackage: false };
}

/** The package that a module is in, `""` at the top. */
export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}

export function pathEntry(paths: Iterable<string>, extending: Iterable<string>): PathEntry {
  const modules = new Set<string>();
  const packages = new Set<string>();
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = parentOf(path); folder !== "" && !folders.has(folder); folder = parentOf(folder))
      folders.add(folder);
    const found = moduleNameOf(path);
    if (found !== null) (found.isPackage ? packages : modules).add(found.name);
  }
  return { modules, packages, folders, extending: new Set(extending) };
}

/** Finds modules as `PathFinder` of `importlib` does, on entries in the order of `sys.path`. */
export interface SearchPath {
  /** The entries that a package has parts in, as its `__path__`; empty for what is no package. */
  portions(name: string): readonly PathEntry[];
  /** Whether importing `name` gives what `entry` has of it: a module, or a package by its `__init__`. */
  gives(entry: PathEntry, name: string): boolean;
}

export function searchPath(entries: readonly PathEntry[]): SearchPath {
  const known = new Map<string, readonly PathEntry[]>([["", entries]]);
  // In one entry, a module goes before a folder that has no `__init__`, and after one that has.
  const hasPart = ({ packages, modules, folders }: PathEntry, name: string): boolean =>
    packages.has(name) || (folders.has(name) && !modules.has(name));
  const find = (name: string): readonly PathEntry[] => {
    const places = portions(parentOf(name));
    const joined: PathEntry[] = [];
    for (const entry of places) {
      if (entry.packages.has(name)) {
        if (!entry.extending.has(name)) return [entry];
        return [entry, ...places.filter((other) => other !== entry && hasPart(other, name))];
      }
      if (entry.modules.has(name)) return [];
      if (hasPart(entry, name)) joined.push(entry);
    }
    return joined;
  };
  const portions = (name: string): readonly PathEntry[] => {
    const found = known.get(name) ?? find(name);
    known.set(name, found);
    return found;
  };
  return {
    portions,
    gives: (entry, name) => {
      const places = portions(parentOf(name));
      return places.find(({ modules, packages }) => packages.has(name) || modules.has(name)) === entry;
    },
  };
}
