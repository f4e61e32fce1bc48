import { join } from "node:path";
import type { Digest } from "@sluice/core";
import { type BuildSession, perSession } from "../build/session.ts";
import { statOf } from "../files/listed-file.ts";
import { namesIn } from "./fingerprint.ts";
import { optionsPart, recordsFolder } from "./record.ts";

/** A kept record by what its name says. */
export interface KeptRecord {
  readonly path: string;
  readonly functionName: string;
  readonly optionsPart: string;
  readonly id: string;
  /** When it was written or last used, in ms since the epoch. */
  readonly usedAt: number;
}

const NAME = /^([A-Za-z0-9_-]+)\.([0-9a-f]{16})\.([0-9a-f]{32})\.json$/;

/** All kept records, the one that was used last first. */
export function keptRecords(cache: string): KeptRecord[] {
  const folder = recordsFolder(cache);
  const found = namesIn(folder).flatMap((name): KeptRecord[] => {
    const [, functionName, options, id] = NAME.exec(name) ?? [];
    if (functionName === undefined || options === undefined || id === undefined) return [];
    const path = join(folder, name);
    const stat = statOf(path);
    return stat === undefined ? [] : [{ path, functionName, optionsPart: options, id, usedAt: stat.mtimeMs }];
  });
  return found.sort((one, other) => other.usedAt - one.usedAt || (one.path < other.path ? -1 : 1));
}

const listingOf = perSession(({ cache }: BuildSession) => keptRecords(cache));

/**
 * Kept records of builds with these options: of the function itself, and of others that have the same. The folder is read once
 * in a session, and only when the newest record does not fit.
 */
export function recordsOf(session: BuildSession, options: Digest): readonly KeptRecord[] {
  const part = optionsPart(options);
  return listingOf(session).filter((kept) => kept.optionsPart === part);
}
