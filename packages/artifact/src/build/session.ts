import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { BundleInput, ResolvedFunction, RunContext } from "@sluice/core";
import { createFileStates, type FileStates, type Fingerprint } from "../cache/fingerprint.ts";
import type { CacheRecord } from "../cache/record.ts";
import { type ListingScope, repositoryOf } from "../files/listed-file.ts";
import { artifactNames } from "./artifact-names.ts";

/** What a bundler knows of the lockfiles that its builds read: which part of one is about which packages. */
export interface LockfileParts {
  /** Names of the packages that paths lead into, whose part of the lockfiles counts. */
  packagesOf(paths: readonly string[]): Iterable<string>;
  /** Compares the lockfiles of a record with those of now. */
  compare(record: CacheRecord): Promise<"same" | "renewed" | "changed">;
  /** Keeps what {@link compare} will need; returns the ids of those objects. */
  keep(lockfiles: readonly Fingerprint[]): readonly string[];
}

/** What the functions of one run share, whatever language they are in. */
export interface BuildSession {
  /** Real path of the repository's root, so that a way in through a symbolic link changes no byte. */
  readonly root: string;
  /** Real path that symbolic links must not leave, and above which nothing is looked up. */
  readonly repository: string;
  /** As the configuration spells the root: what users see in reports. */
  readonly artifacts: string;
  readonly cache: string;
  /** Files as they were when the run began. */
  readonly files: FileStates;
  readonly all: readonly ResolvedFunction[];
  /** Names of the artifacts of all functions and layers of the configuration, built in this run or not. */
  readonly configured: readonly string[];
  /** What all functions of the run have in common. */
  readonly run: Pick<BundleInput, "config" | "ref" | "packageVersion">;
  readonly context: RunContext;
  /** `null`: lockfiles count as a whole, as all other files do. */
  readonly lockfiles: LockfileParts | null;
  /** How a path, relative to the root, is named on every machine alike. */
  portableName(path: string): string;
}

/** One function's part in a session. */
export interface BuildWork<S extends BuildSession = BuildSession> {
  readonly input: BundleInput;
  readonly fn: ResolvedFunction;
  readonly session: S;
  readonly scope: ListingScope;
}

/** A session without lockfile parts, in which paths are named as they are. */
export function createBuildSession(input: BundleInput, context: RunContext): BuildSession {
  const root = realpathSync(input.config.root);
  const own = join(input.config.root, ".sluice");
  return {
    root,
    repository: repositoryOf(root),
    artifacts: join(own, "artifacts"),
    cache: join(own, "cache"),
    files: createFileStates(root),
    all: input.all,
    configured: artifactNames(input.config),
    run: { config: input.config, ref: input.ref, packageVersion: input.packageVersion },
    context,
    lockfiles: null,
    portableName: (path) => path,
  };
}

export function createBuildWork<S extends BuildSession>(session: S, input: BundleInput): BuildWork<S> {
  const fn = input.function;
  return {
    input,
    fn,
    session,
    scope: { functionName: fn.name, root: session.root, repository: session.repository },
  };
}

/** Something that all functions of a run share, made when the first one asks for it. */
export function perSession<S extends BuildSession, T>(make: (session: S) => T): (session: S) => T {
  const made = new WeakMap<S, { readonly value: T }>();
  return (session) => {
    const shared = made.get(session) ?? { value: make(session) };
    made.set(session, shared);
    return shared.value;
  };
}
