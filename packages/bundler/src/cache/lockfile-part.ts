import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import {
  type CacheRecord,
  compareFiles,
  type Fingerprint,
  hasObject,
  objectIdOf,
  perSession,
  putObject,
  takeObject,
} from "@sluice/artifact";
import type { Session } from "../session.ts";
import { packagesOfPaths } from "./package-names.ts";

/** What package managers keep beside what they installed: it changes with every package, and says where each stands. */
const INSTALL_STATES = new Set([".package-lock.json", ".modules.yaml", ".yarn-state.yml"]);

/**
 * The places that an install state gives to packages of these names. Versions need no look: what was read of a package is
 * fingerprinted itself, and the lockfile has the rest.
 */
function placesOf(text: string, names: ReadonlySet<string>): string {
  const places = text.match(/[^\s"',[\]{}]*node_modules\/[^\s"',[\]{}]+/g) ?? [];
  const own = places.filter((place) => {
    const [last = ""] = [...packagesOfPaths([place.slice(place.lastIndexOf("node_modules/"))])];
    return names.has(last.replace(/:$/, ""));
  });
  return [...new Set(own)].sort().join("\n");
}

type PartOf = (names: ReadonlySet<string>) => string;

/** Reads a lockfile once for all functions; `null` when it cannot be understood: then it counts as a whole. */
async function partsIn(path: string, text: string): Promise<PartOf | null> {
  if (INSTALL_STATES.has(basename(path))) return (names) => placesOf(text, names);
  try {
    // Loaded late: only a lockfile that has changed is parsed.
    const { lockfilePart, parseLockfile } = await import("../lockfile/lockfile.ts");
    const lockfile = await parseLockfile(path, text);
    return (names) => lockfilePart(lockfile, names);
  } catch {
    return null;
  }
}

const parsedIn = perSession(() => new Map<string, Promise<PartOf | null>>());

function parsedOnce(session: Session, path: string, bytes: Buffer): Promise<PartOf | null> {
  const known = parsedIn(session);
  const key = `${path}\0${objectIdOf(bytes)}`;
  const found = known.get(key) ?? partsIn(path, bytes.toString("utf8"));
  known.set(key, found);
  return found;
}

/** Whether the parts of two texts of a lockfile that are about these packages are the same. */
async function samePart(
  session: Session,
  path: string,
  [before, now]: readonly [Buffer, Buffer],
  names: ReadonlySet<string>,
): Promise<boolean> {
  const [old, current] = await Promise.all([before, now].map((bytes) => parsedOnce(session, path, bytes)));
  return old != null && current != null && old(names) === current(names);
}

/**
 * Compares the lockfiles of a record with those of now: by fingerprint, and where that has changed by the part about the
 * record's packages.
 */
export async function compareLockfiles(
  session: Session,
  record: CacheRecord,
): Promise<"same" | "renewed" | "changed"> {
  let renewed = false;
  const names = new Set(record.packages);
  for (const known of record.lockfiles) {
    const compared = compareFiles(session.files, [known], record.takenAt);
    if (compared === "same") continue;
    renewed = true;
    if (compared === "renewed") continue;
    const [path, sha256] = known;
    const before = takeObject(session.cache, sha256);
    const now = readOrNull(resolve(session.root, path));
    if (before === null || now === null) return "changed";
    if (!(await samePart(session, path, [before, now], names))) return "changed";
  }
  return renewed ? "renewed" : "same";
}

/** Keeps the lockfiles themselves, so that a later one can be compared with them part by part. */
export function keepLockfiles(session: Session, lockfiles: readonly Fingerprint[]): readonly string[] {
  return lockfiles.flatMap(([path, sha256, size]) => {
    if (hasObject(session.cache, sha256, size)) return [sha256];
    const bytes = readOrNull(resolve(session.root, path));
    return bytes !== null && putObject(session.cache, bytes) === sha256 ? [sha256] : [];
  });
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
