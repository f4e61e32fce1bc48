import type { Lease } from "@sluice/artifact";
import {
  inAccounts,
  isSluiceError,
  joinErrors,
  type PlanInput,
  type SluiceError,
  type Strategy,
  type TargetReport,
} from "@sluice/core";
import { endsRolloutsAlone, holdEnvironment } from "@sluice/updater";
import { flagOption, type Session } from "../session.ts";
import { apply, changesOf, type Decision, decideAgain, isToWrite } from "./deployment.ts";
import type { Project } from "./project.ts";

/** What is to be carried out, and for whom. */
export interface Work {
  readonly project: Project;
  readonly input: PlanInput;
  readonly strategy: Strategy;
  readonly session: Session;
  /** By `context.now()`. */
  readonly plannedAt: number;
}

export interface CarriedOut {
  readonly decision: Decision;
  /** `null` when another run is at it, or the second look refused, so that nothing was written. */
  readonly rows: readonly TargetReport[] | null;
  /** What refused, or ended the run before it was done. */
  readonly error: SluiceError | null;
}

/** More than a store's times are rounded by, and than its clock runs ahead within a run. */
const MARGIN_MS = 2_000;

/**
 * Carries out a decision while this run holds the environment, where it has a store. Who changes nothing needs no hold.
 *
 * Planning is done without it, so that looking never keeps others away. When somebody else had it since, the plan is made anew: it
 * may be another, or refused.
 */
export async function carryOut(work: Work, decision: Decision): Promise<CarriedOut> {
  const { session, project, strategy } = work;
  let lease: Lease | null;
  try {
    lease = isToWrite(decision) ? await holdFor(work, decision) : null;
  } catch (error) {
    if (!isSluiceError(error) || error.problems[0].kind !== "refusal") throw error;
    return { decision, rows: null, error };
  }
  return session.undisturbed(async () => {
    const cancel = (): void => session.cancel(lease?.signal.reason as SluiceError);
    lease?.signal.addEventListener("abort", cancel);
    try {
      const current =
        lease === null || wasAlone(lease, work)
          ? decision
          : await decideAgain(project, work.input, strategy, session);
      const refused = joinErrors(current.refusals) ?? null;
      if (refused !== null) return { decision: current, rows: null, error: refused };
      const rows = await apply(project, current, strategy, session);
      return {
        decision: current,
        rows,
        error: lease?.signal.aborted ? (lease.signal.reason as SluiceError) : null,
      };
    } finally {
      lease?.signal.removeEventListener("abort", cancel);
      await lease?.release();
    }
  });
}

/**
 * Whoever ends a rollout does not wait for the run that rolls out: that one finds its alias changed, and says so. It goes without a hold
 * then; and so does a rollback where the store does not answer, since callers wait for it, and RevisionIds guard it.
 */
async function holdFor(work: Work, decision: Decision): Promise<Lease | null> {
  const isUrgent = endsRolloutsAlone(changesOf(decision));
  try {
    return await hold(work, isUrgent ? 0 : waitMsOf(work));
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const isHeld = isUrgent && error.code === "SLUICE_LEASE_HELD";
    const isDown = work.input.command === "rollback" && ["target", "usage"].includes(error.problems[0].kind);
    if (!isHeld && !isDown) throw error;
    const why = isHeld ? "The rollout is ended now, while another run is at it." : "Goes on without a hold:";
    work.session.context.emit({ type: "notice", message: `${why} ${error.message}` });
    return null;
  }
}

const waitMsOf = ({ session }: Work): number =>
  flagOption(session.arguments, "wait") ? Number.POSITIVE_INFINITY : 0;

function wasAlone({ quietMs }: Lease, { session, plannedAt }: Work): boolean {
  return quietMs !== null && quietMs > session.context.now() - plannedAt + MARGIN_MS;
}

/** One lease for the whole environment, in the store of its first account. */
async function hold({ project, input, session }: Work, waitMs: number): Promise<Lease | null> {
  const { context } = session;
  const [environment] = inAccounts(input.environment);
  if (environment === undefined) return null;
  return holdEnvironment({ config: project.config, environment }, context, input.command ?? "deploy", {
    waitMs,
    onWait: ({ holder, since }) =>
      context.emit({ type: "notice", message: `Waiting for ${holder}, at it since ${since}.` }),
  });
}
