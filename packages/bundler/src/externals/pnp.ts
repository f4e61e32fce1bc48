import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { withoutVirtual } from "./package-reader.ts";

/** A package that something depends on: its reference, or name and reference where it is known by another name. */
type Dependency = string | readonly [name: string, reference: string] | null;

interface PackageInformation {
  readonly packageLocation: string;
  readonly packageDependencies: readonly (readonly [name: string, Dependency])[];
}

/** The part of `.pnp.data.json` that is needed (Yarn, "Plug'n'Play specification", Manifest reference). */
interface PnpData {
  readonly enableTopLevelFallback?: boolean;
  readonly fallbackPool?: readonly (readonly [name: string, Dependency])[];
  readonly packageRegistryData: readonly (readonly [
    name: string | null,
    readonly (readonly [reference: string | null, PackageInformation])[],
  ])[];
}

/** What a project's Plug'n'Play file says about who depends on what. */
export interface PnpTable {
  /** Absolute path of the file. */
  readonly file: string;
  /**
   * The folder of the package `name` for code in `folder`: `null` when it is not among the dependencies, `undefined`
   * when the folder is none of the project's.
   */
  locate(folder: string, name: string): string | null | undefined;
}

/** What stands between `from` and the next quote. Not by one expression: it would need too much stack for the megabytes of a big project. */
function quotedText(source: string, from: number): string | null {
  const escapeOrEnd = /\\[\s\S]|'/g;
  escapeOrEnd.lastIndex = from;
  for (let found = escapeOrEnd.exec(source); found !== null; found = escapeOrEnd.exec(source))
    if (found[0] === "'") return source.slice(from, found.index);
  return null;
}

/**
 * The data inside of `.pnp.cjs`: a JSON text in a quoted string of several lines. It is read, never run: a build must not start
 * code only to learn where files are.
 */
function inlinedData(source: string): unknown {
  const start = /RAW_RUNTIME_STATE\s*=\s*'/.exec(source);
  const quoted = start === null ? null : quotedText(source, start.index + start[0].length);
  if (quoted === null) return null;
  return JSON.parse(
    quoted.replace(/\\(\r?\n|[\s\S])/g, (_, what: string) =>
      /^\r?\n$/.test(what) ? "" : what === "n" ? "\n" : what,
    ),
  );
}

function readData(folder: string): { file: string; data: PnpData } | null {
  for (const name of [".pnp.data.json", ".pnp.cjs"]) {
    const file = join(folder, name);
    try {
      const text = readFileSync(file, "utf8");
      const data = (name.endsWith(".json") ? JSON.parse(text) : inlinedData(text)) as PnpData | null;
      if (Array.isArray(data?.packageRegistryData)) return { file, data };
    } catch {
      // Not there, or of a form that is not known: esbuild, which reads it too, says what is wrong with it.
    }
  }
  return null;
}

/** Finds the Plug'n'Play file that governs a folder; `null` where packages stand in `node_modules`. */
export function findPnp(folder: string): PnpTable | null {
  for (let at = folder; ; at = dirname(at)) {
    const found = readData(at);
    if (found !== null) return tableOf(at, found.file, found.data);
    if (dirname(at) === at) return null;
  }
}

function tableOf(root: string, file: string, data: PnpData): PnpTable {
  const byLocator = new Map<string, PackageInformation>();
  const byLocation = new Map<string, PackageInformation>();
  const key = (name: string | null, reference: string | null): string => `${name ?? ""}\0${reference ?? ""}`;
  for (const [name, references] of data.packageRegistryData) {
    for (const [reference, information] of references) {
      byLocator.set(key(name, reference), information);
      byLocation.set(resolve(root, information.packageLocation), information);
      const real = withoutVirtual(resolve(root, information.packageLocation));
      if (!byLocation.has(real)) byLocation.set(real, information);
    }
  }
  const pool = new Map(data.enableTopLevelFallback === true ? data.fallbackPool : []);
  const top = byLocator.get(key(null, null));
  const ownerOf = (folder: string): PackageInformation | undefined => {
    for (let at = folder; ; at = dirname(at)) {
      const owner = byLocation.get(at);
      if (owner !== undefined || at === root || dirname(at) === at) return owner;
    }
  };
  return {
    file,
    locate: (folder, name) => {
      const owner = ownerOf(folder);
      if (owner === undefined) return undefined;
      const own = new Map(owner.packageDependencies).get(name);
      const fallback = pool.get(name) ?? (pool.size > 0 ? new Map(top?.packageDependencies).get(name) : null);
      const dependency = own ?? fallback ?? null;
      if (dependency === null) return null;
      const locator =
        typeof dependency === "string" ? key(name, dependency) : key(dependency[0], dependency[1]);
      const found = byLocator.get(locator);
      return found === undefined ? null : resolve(root, found.packageLocation);
    },
  };
}
