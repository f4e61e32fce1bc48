import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PackageManager } from "./locked-package.ts";
import { isTable, tableOf, textOf } from "./value.ts";

/**
 * In the order that decides between several in one folder when package.json names no package manager: a package-lock.json is
 * what an `npm install` by mistake leaves behind. npm takes its shrinkwrap first, bun its text form.
 */
export const LOCKFILES: readonly (readonly [file: string, manager: PackageManager])[] = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["npm-shrinkwrap.json", "npm"],
  ["package-lock.json", "npm"],
];

/** The package manager that a folder's package.json names in `packageManager` or `devEngines`; `null` for none. */
function declaredManager(folder: string): string | null {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (!isTable(manifest)) return null;
    const engine = [tableOf(manifest["devEngines"])["packageManager"]].flat()[0];
    return textOf(manifest["packageManager"])?.split("@")[0] ?? textOf(tableOf(engine)["name"]);
  } catch {
    return null;
  }
}

/** The lockfile of this very folder. Of several, that of the declared package manager; else the first of the order above. */
function lockfileIn(folder: string): string | null {
  const present = LOCKFILES.filter(([file]) => existsSync(join(folder, file)));
  const [first] = present;
  if (first === undefined) return null;
  const declared = present.length > 1 ? declaredManager(folder) : null;
  const [file] = present.find(([, manager]) => manager === declared) ?? first;
  return join(folder, file);
}

/**
 * Where the lockfile stands that governs `folder`: the nearest, from it up to `top`. `null` when there is none. Of several in one
 * folder, that of the package manager which package.json names in `packageManager` or `devEngines`; else pnpm's, yarn's, bun's,
 * npm's, in this order.
 *
 * @param folder - absolute
 * @param top - absolute; the last folder that is looked in
 */
export function findLockfilePath(folder: string, top: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const found = lockfileIn(at);
    if (found !== null) return found;
    if (at === top || dirname(at) === at) return null;
  }
}
