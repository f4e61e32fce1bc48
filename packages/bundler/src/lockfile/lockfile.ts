import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { digestOf } from "@sluice/artifact";
import type { Digest } from "@sluice/core";
import { canonical } from "../cache/canonical.ts";
import { readBun, refuseBinary } from "./bun.ts";
import { lockfileConflict, lockfileInvalid } from "./errors.ts";
import type { LockedPackage, Lockfile, LockfileContent, PackageManager } from "./locked-package.ts";
import { readNpm } from "./npm.ts";
import { readPnpm } from "./pnpm.ts";
import { isTable, tableOf, textOf } from "./value.ts";
import { readYarnBerry } from "./yarn-berry.ts";
import { readYarnClassic } from "./yarn-classic.ts";

export type { LockedPackage, Lockfile, PackageManager } from "./locked-package.ts";

type Reader = (path: string, text: string) => LockfileContent;

const readYarn: Reader = (path, text) =>
  /^__metadata:|^\s*"__metadata":/m.test(text) ? readYarnBerry(path, text) : readYarnClassic(path, text);

/**
 * In the order that decides between several in one folder when package.json names no package manager: a package-lock.json is
 * what an `npm install` by mistake leaves behind. npm takes its shrinkwrap first, bun its text form.
 */
const LOCKFILES: readonly (readonly [file: string, manager: PackageManager, read: Reader])[] = [
  ["pnpm-lock.yaml", "pnpm", readPnpm],
  ["yarn.lock", "yarn", readYarn],
  ["bun.lock", "bun", readBun],
  ["bun.lockb", "bun", refuseBinary],
  ["npm-shrinkwrap.json", "npm", readNpm],
  ["package-lock.json", "npm", readNpm],
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

function textOfFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw lockfileInvalid(path, null, reason, error);
  }
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

/**
 * The lockfile at {@link findLockfilePath}, read.
 *
 * @throws SLUICE_LOCKFILE_INVALID, SLUICE_LOCKFILE_UNSUPPORTED
 */
export function findLockfile(folder: string, top: string): Lockfile | null {
  const path = findLockfilePath(folder, top);
  return path === null ? null : parseLockfile(path, textOfFile(path));
}

/** The line of a conflict marker, as git leaves them, counted from 1. */
function conflictIn(text: string): number | null {
  const marker = /^(<{7}|>{7}|\|{7}) /m.exec(text);
  return marker === null ? null : text.slice(0, marker.index).split("\n").length;
}

/**
 * Reads a lockfile's text. Which format it is, its file name and its text tell.
 *
 * @param path - named in errors as it is given
 * @throws SLUICE_LOCKFILE_INVALID with the line where it is known, SLUICE_LOCKFILE_UNSUPPORTED for formats that came later or went
 */
export function parseLockfile(path: string, text: string): Lockfile {
  const name = basename(path) === ".package-lock.json" ? "package-lock.json" : basename(path);
  const known = LOCKFILES.find(([file]) => file === name);
  if (known === undefined) throw lockfileInvalid(path, null, "no package manager names its lockfile so");
  const [file, manager, read] = known;
  const conflict = file === "bun.lockb" ? null : conflictIn(text);
  if (conflict !== null) throw lockfileConflict(path, conflict);
  return { path, manager, ...read(path, text.replace(/^\uFEFF/, "")) };
}

/** Every version and place of a package, by its own name or one that it is installed under. */
export function lockedPackages(lockfile: Lockfile, name: string): readonly LockedPackage[] {
  return lockfile.packages.filter((one) => one.name === name || one.aliases.includes(name));
}

/**
 * Digest of all that the lockfile says about packages of these names: their entries, and what the root and the workspace packages ask
 * for. A change that is about other packages alone leaves it as it is.
 */
export function lockfilePart(lockfile: Lockfile, names: ReadonlySet<string>): Digest {
  const packages = lockfile.packages
    .filter((one) => names.has(one.name) || one.aliases.some((alias) => names.has(alias)))
    .map((one) => canonical(one, String));
  const importers = lockfile.importers.flatMap(({ path, specifiers }) =>
    Object.entries(specifiers)
      .filter(([name]) => names.has(name))
      .map(([name, specifier]) => JSON.stringify([path, name, specifier])),
  );
  const lines = [lockfile.manager, lockfile.formatVersion, ...packages.sort(), ...importers.sort()];
  return digestOf(Buffer.from(lines.join("\n")));
}
