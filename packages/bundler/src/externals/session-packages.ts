import { join } from "node:path";
import { perSession } from "@sluice/artifact";
import type { LockedPackage, Lockfile } from "../lockfile/locked-package.ts";
import type { Session } from "../session.ts";
import { type Outside, openOutside } from "./outside.ts";
import type { FetchedFile } from "./package-node.ts";

/** What the functions of one run share about packages that are copied: each is read, parsed and fetched once. */
export interface SessionPackages {
  readonly outside: Outside;
  /** The lockfile that governs the root; read when it is first asked for. */
  lockfile(): Promise<Lockfile | null>;
  /** Files of a locked package, from the registry or the cache. */
  fetch(locked: LockedPackage): Promise<readonly FetchedFile[]>;
  /** Emits a notice, once however many functions have it to tell. */
  notice(message: string): void;
}

export const packagesOf: (session: Session) => SessionPackages = perSession(createPackages);

function createPackages(session: Session): SessionPackages {
  let lockfile: Promise<Lockfile | null> | null = null;
  const fetched = new Map<string, Promise<readonly FetchedFile[]>>();
  const told = new Set<string>();
  return {
    outside: openOutside(session.root, session.cache),
    lockfile: () => {
      lockfile ??= readLockfile(session);
      return lockfile;
    },
    fetch: (locked) => {
      const key = `${locked.name}@${locked.version}`;
      const known = fetched.get(key) ?? fetchLocked(session, locked);
      fetched.set(key, known);
      return known;
    },
    notice: (message) => {
      if (told.has(message)) return;
      told.add(message);
      session.context.emit({ type: "notice", message });
    },
  };
}

/** Loaded late: few builds copy packages. */
async function readLockfile({ root, repository }: Session): Promise<Lockfile | null> {
  const { findLockfile } = await import("../lockfile/lockfile.ts");
  return findLockfile(root, repository);
}

/** Loaded late: few builds fetch anything. */
async function fetchLocked(session: Session, locked: LockedPackage): Promise<readonly FetchedFile[]> {
  const { fetchPackage } = await import("../registry/fetch-package.ts");
  const { root, cache, context } = session;
  const { notice } = packagesOf(session);
  const options = {
    root,
    env: context.env,
    cacheFolder: join(cache, "packages"),
    signal: context.signal,
    notice,
  };
  return fetchPackage(locked, options);
}
