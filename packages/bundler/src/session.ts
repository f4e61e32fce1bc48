import { type BuildSession, type BuildWork, createBuildSession, type LayerKind } from "@sluice/artifact";
import type { BundleInput, RunContext } from "@sluice/core";
import { compareLockfiles, keepLockfiles } from "./cache/lockfile-part.ts";
import { packagesOfPaths } from "./cache/package-names.ts";
import { type CheckSession, createCheckSession } from "./check/check-session.ts";
import type { NodeFor } from "./check/find-node.ts";
import type { ModulePlan } from "./node/module-plan.ts";
import { portableName } from "./node/portable.ts";

/** What the functions of one run share. */
export interface Session extends BuildSession {
  /** Made when the first module asks for it. */
  modules: ModulePlan | null;
  /** Command → its run. */
  readonly commands: Map<string, Promise<void>>;
  readonly check: CheckSession;
  /** What makes layers with packages of other languages. */
  readonly otherLayers: readonly LayerKind[];
}

/** What a bundler was made with. */
interface SessionOptions {
  readonly nodeFor?: NodeFor;
  readonly layers?: readonly LayerKind[];
}

/** One function's part in a session. */
export type Work = BuildWork<Session>;

export function createSession(
  input: BundleInput,
  context: RunContext,
  { nodeFor, layers = [] }: SessionOptions = {},
): Session {
  const session: Session = {
    ...createBuildSession(input, context),
    lockfiles: {
      packagesOf: packagesOfPaths,
      compare: (record) => compareLockfiles(session, record),
      keep: (lockfiles) => keepLockfiles(session, lockfiles),
    },
    portableName,
    modules: null,
    commands: new Map(),
    check: createCheckSession(context, nodeFor),
    otherLayers: layers,
  };
  return session;
}
