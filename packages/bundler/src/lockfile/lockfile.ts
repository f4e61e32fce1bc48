import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { digestOf } from "@sluice/artifact";
import type { Digest } from "@sluice/core";
import { canonical } from "../cache/canonical.ts";
import { readBun, refuseBinary } from "./bun.ts";
import { lockfileConflict, lockfileInvalid } from "./errors.ts";
import { findLockfilePath, LOCKFILES } from "./find-lockfile.ts";
import type { Lockfile, LockfileContent } from "./locked-package.ts";
import { readNpm } from "./npm.ts";
import { readPnpm } from "./pnpm.ts";
import { readYarnBerry } from "./yarn-berry.ts";
import { readYarnClassic } from "./yarn-classic.ts";

type Reader = (path: string, text: string) => LockfileContent;

const readYarn: Reader = (path, text) =>
  /^__metadata:|^\s*"__metadata":/m.test(text) ? readYarnBerry(path, text) : readYarnClassic(path, text);

const READERS: Readonly<Record<string, Reader>> = {
  "pnpm-lock.yaml": readPnpm,
  "yarn.lock": readYarn,
  "bun.lock": readBun,
  "bun.lockb": refuseBinary,
  "npm-shrinkwrap.json": readNpm,
  "package-lock.json": readNpm,
};

function textOfFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw lockfileInvalid(path, null, reason, error);
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
  const manager = LOCKFILES.find(([file]) => file === name)?.[1];
  const read = READERS[name];
  if (manager === undefined || read === undefined)
    throw lockfileInvalid(path, null, "no package manager names its lockfile so");
  const conflict = name === "bun.lockb" ? null : conflictIn(text);
  if (conflict !== null) throw lockfileConflict(path, conflict);
  return { path, manager, ...read(path, text.replace(/^\uFEFF/, "")) };
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
