import {
  type DeployCommand,
  EXIT_CODES,
  type GitRef,
  isSluiceError,
  joinErrors,
  type ResolvedEnvironment,
  type ResolvedFunction,
} from "@sluice/core";
import { findPromotion, type Promotion, proveSame } from "@sluice/updater";
import { cliErrors } from "../errors.ts";
import { type Session, textOption } from "../session.ts";
import { wrap } from "../terminal/problems.ts";
import { bundleAll } from "./bundle.ts";
import type { Choice } from "./choose.ts";
import { runGates } from "./deployment.ts";
import type { Project } from "./project.ts";

/** What is promoted, and where to. */
interface Way {
  readonly project: Project;
  readonly from: ResolvedEnvironment;
  readonly to: ResolvedEnvironment;
  readonly chosen: Choice;
  readonly ref: GitRef;
  readonly session: Session;
  /** What the user asked for. */
  readonly command: DeployCommand;
}

/** What is promoted. */
type Promoted = Pick<Promotion, "artifacts" | "absent">;

/**
 * The environment that `to` takes its code from; `null` when it builds.
 *
 * @param from - the one that the command line names, if it does
 * @throws SLUICE_PROMOTION_SOURCE
 */
export function sourceOf(
  project: Project,
  to: ResolvedEnvironment,
  from: string | null = to.promoteFrom,
): ResolvedEnvironment | null {
  if (from !== null && to.promoteFrom !== null && from !== to.promoteFrom)
    throw cliErrors.promotionSource(from, to.name, to.promoteFrom);
  return project.config.environments.find(({ name }) => name === from) ?? null;
}

/**
 * The artifacts to promote. When there are none, whatever the gates refuse is said first: it may be the reason, as credentials of another
 * account are.
 *
 * @throws what `findPromotion` and `proveSame` do, and refusals of the gates
 */
export async function artifactsToPromote(
  way: Way,
  functions: readonly ResolvedFunction[],
): Promise<Promoted> {
  try {
    return await take(way, functions);
  } catch (error) {
    const { project, chosen, ref, session, command } = way;
    const refusals = await runGates(project, chosen, ref, [], session, command).catch(() => []);
    const own = isSluiceError(error) && error.exitCode === EXIT_CODES.refusal ? [error] : [];
    throw (refusals.length > 0 && joinErrors([...refusals, ...own])) || error;
  }
}

/**
 * Those that the environment before had for this commit, by its store's records. Without a store they are built, and must be the same as
 * what is live there.
 */
async function take(
  { project, from, to, ref, session }: Way,
  functions: readonly ResolvedFunction[],
): Promise<Promoted> {
  if (textOption(session.arguments, "artifact") !== undefined)
    throw cliErrors.promotionArtifact(to.name, from.name);
  const { config, history } = project;
  const names = functions.map(({ name }) => name);
  const input = { config, from, to, functions: names, ref, history };
  if (from.store !== null) return tell(await findPromotion(input, session.context), session);
  const artifacts = await bundleAll(project, functions, ref, session);
  await proveSame(input, artifacts, session.context);
  const reason = `Built anew, since ${from.name} has no store: the same as what is live there.`;
  return tell({ artifacts, absent: [], reason, notice: null }, session);
}

function tell({ artifacts, absent, reason, notice }: Promotion, session: Session): Promoted {
  session.say(session.colors.dim(`${wrap(reason, 80).join("\n")}\n`));
  if (notice !== null) session.context.emit({ type: "notice", message: notice });
  return { artifacts, absent };
}
