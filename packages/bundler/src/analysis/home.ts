import { portableName } from "../node/portable.ts";

/** The package, or the folder of own sources, that a module belongs to. */
export interface Home {
  readonly kind: "package" | "own" | "bundler";
  /** A package's name, or a folder of the repository. */
  readonly name: string;
  /** Where a package is installed, named as on every machine; of own sources the same as `name`. */
  readonly folder: string;
}

const INSTALLED = /^((?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+))(?:\/|$)/;

/** What the bundler adds by itself: esbuild's helpers, the entry module, the globals of the other module format. */
const BUNDLER: Home = { kind: "bundler", name: "bundler's own code", folder: "" };

/** How deep folders of own sources are told apart. */
const DEPTH = 2;

/** An input as reports name it: without esbuild's mark for what a `browser` key takes out, and as on every machine. */
export function shownPath(input: string): string {
  return portableName(input.replace(/^\(disabled\):/, ""));
}

/** The innermost installed package of a path, by where package managers install. */
export function installedHome(path: string): Home | null {
  const [, folder, name] = INSTALLED.exec(path) ?? [];
  return folder === undefined || name === undefined ? null : { kind: "package", name, folder };
}

/**
 * Where a module belongs.
 *
 * @param packages - folder → name of packages of a workspace, which stand in no node_modules
 */
export function homeOf(path: string, packages: ReadonlyMap<string, string>): Home {
  if (/^(?:<|sluice-[a-z]+:)/.test(path)) return BUNDLER;
  const installed = installedHome(path);
  if (installed !== null) return installed;
  const segments = path.split("/").slice(0, -1);
  for (let depth = segments.length; depth > 0; depth -= 1) {
    const folder = segments.slice(0, depth).join("/");
    const name = packages.get(folder);
    if (name !== undefined) return { kind: "package", name, folder };
  }
  const ups = segments.filter((segment) => segment === "..").length;
  const folder = segments.slice(0, ups + DEPTH).join("/") || ".";
  return { kind: "own", name: folder, folder };
}
