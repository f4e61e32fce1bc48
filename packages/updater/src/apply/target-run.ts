import type { Aws } from "@sluice/aws";
import type { ApplyInput, Artifact, Outcome, Problem, ResolvedTest, RunContext } from "@sluice/core";
import type { Caller, Trace } from "../call.ts";
import type { PackagedCode } from "../code/package-code.ts";
import type { UpdateState } from "../plan/plan.ts";
import type { Settings } from "../settings.ts";

/** One target while it is being changed. */
export interface TargetRun extends Caller {
  readonly trace: Trace;
  readonly context: RunContext;
  readonly settings: Settings;
  readonly input: ApplyInput;
  /** AWS in the target's region. */
  readonly aws: Aws;
  /** What a function version has to pass before the alias is moved to it. */
  readonly tests: readonly ResolvedTest[];
  readonly artifact: Artifact;
  readonly seen: UpdateState;
  /** Function version on which the alias stood at planning, `null` when there is none or it stood on `$LATEST`. */
  readonly previousVersion: string | null;
  readonly codeOf: () => Promise<PackagedCode>;
  /** Reads and sends the code when there is room for it in memory; missing where nothing limits that. */
  readonly sending?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Shows progress. */
  readonly step: (detail: string) => void;
  /** Lets another target be worked on while this one only waits; missing where nothing limits how many are. */
  readonly idle?: Idle;
}

/** Gives one's place away for as long as `waiting` takes, and takes one again, before those that have not begun. */
export type Idle = <T>(waiting: () => Promise<T>) => Promise<T>;

/** Waits without keeping other targets from being worked on. */
export function idly<T>({ idle }: Pick<TargetRun, "idle">, waiting: () => Promise<T>): Promise<T> {
  return idle === undefined ? waiting() : idle(waiting);
}

/** What came of a target that was worked on. */
export interface Landed {
  readonly outcome: Outcome;
  /** The function version that is live now; `null` when none was published. */
  readonly version: string | null;
  /** Instead of the plan's reason, when it is not empty. */
  readonly reason: string;
  readonly error: Problem | null;
  /** Published, and not let to callers. */
  readonly rejectedVersion?: string;
}

/** A target that was brought to its new code. */
export function updatedTo(version: string | null, reason: string): Landed {
  return { outcome: "updated", version, reason, error: null };
}
