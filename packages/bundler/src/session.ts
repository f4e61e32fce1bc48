import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { BundleInput, ResolvedFunction, RunContext } from "@sluice/core";
import { createFileStates, type FileStates } from "./cache/fingerprint.ts";
import { type CheckSession, createCheckSession } from "./check/check-session.ts";
import type { NodeFor } from "./check/find-node.ts";
import { type ListingScope, repositoryOf } from "./files/listed-file.ts";
import { artifactNames } from "./layers/layer-function.ts";
import type { ModulePlan } from "./node/module-plan.ts";

/** What the functions of one run share. */
export interface Session {
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
  /** Made when the first module asks for it. */
  modules: ModulePlan | null;
  /** Command → its run. */
  readonly commands: Map<string, Promise<void>>;
  readonly check: CheckSession;
}

/** One function's part in a session. */
export interface Work {
  readonly input: BundleInput;
  readonly fn: ResolvedFunction;
  readonly session: Session;
  readonly scope: ListingScope;
}

export function createSession(input: BundleInput, context: RunContext, nodeFor?: NodeFor): Session {
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
    modules: null,
    commands: new Map(),
    check: createCheckSession(context, nodeFor),
  };
}

export function createWork(session: Session, input: BundleInput): Work {
  const fn = input.function;
  return {
    input,
    fn,
    session,
    scope: { functionName: fn.name, root: session.root, repository: session.repository },
  };
}

/** Something that all functions of a run share, made when the first one asks for it. */
export function perSession<T>(make: (session: Session) => T): (session: Session) => T {
  const made = new WeakMap<Session, { readonly value: T }>();
  return (session) => {
    const shared = made.get(session) ?? { value: make(session) };
    made.set(session, shared);
    return shared.value;
  };
}
