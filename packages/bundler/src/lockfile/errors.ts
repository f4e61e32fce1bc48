import { basename } from "node:path";
import { type SluiceError, usageError } from "@sluice/core";

/** How each lockfile is written anew from the package.json files. */
const RENEW: Readonly<Record<string, string>> = {
  "package-lock.json": "npm install --package-lock-only",
  "npm-shrinkwrap.json": "npm install --package-lock-only",
  "pnpm-lock.yaml": "pnpm install --lockfile-only",
  "yarn.lock": "yarn install",
  "bun.lock": "bun install --lockfile-only",
};

function renew(path: string): string {
  return RENEW[basename(path)] ?? "the package manager's install";
}

/** `line`: counted from 1, `null` when it is not known. */
export function lockfileInvalid(
  path: string,
  line: number | null,
  reason: string,
  cause?: unknown,
): SluiceError {
  return usageError(
    "SLUICE_LOCKFILE_INVALID",
    `The lockfile ${path} cannot be read: ${reason}.`,
    `Restore it from git, or run ${renew(path)} to write it anew, and commit it.`,
    line === null ? path : `${path}:${line}`,
    cause,
  );
}

export function lockfileConflict(path: string, line: number): SluiceError {
  return usageError(
    "SLUICE_LOCKFILE_INVALID",
    `The lockfile ${path} holds the conflict markers of a merge.`,
    `Run ${renew(path)}: npm, pnpm and yarn resolve the conflict themselves; then commit it. With bun, take one side first.`,
    `${path}:${line}`,
  );
}

/** `known`: the formats that can be read, for people. */
export function lockfileUnsupported(path: string, found: string, known: string, hint: string): SluiceError {
  return usageError(
    "SLUICE_LOCKFILE_UNSUPPORTED",
    `The lockfile ${path} has the format ${found}; this version of Sluice reads ${known}.`,
    hint,
    path,
  );
}
