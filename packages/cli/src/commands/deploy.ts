import { preloadSdk } from "@sluice/aws";
import { type Artifact, joinErrors, type ResolvedEnvironment, type ResolvedFunction } from "@sluice/core";
import { unzippedNotices } from "../report/analysis-limits.ts";
import { flagOption, type Session } from "../session.ts";
import { bundleAll } from "../workflow/bundle.ts";
import { chooseEnvironment } from "../workflow/choose.ts";
import { planInput, runGates, strategyOf } from "../workflow/deployment.ts";
import { openProject, openRef, selectFunctions } from "../workflow/project.ts";
import { artifactsToPromote, sourceOf } from "../workflow/promotion.ts";
import { absentRow, finish, perform, type Run, sayHead } from "../workflow/run.ts";
import { sayArtifacts } from "./build.ts";

/** A branch that maps nowhere: built, and tested against the gates that need no environment. */
async function withoutEnvironment(run: Run, artifacts: readonly Artifact[]): Promise<number> {
  const { session, project, chosen, ref } = run;
  const refusals = await runGates(project, chosen, ref, artifacts, session);
  const error = joinErrors(refusals) ?? null;
  if (error === null) {
    sayArtifacts(artifacts, session);
    session.say("\nBuilt and checked; nothing to deploy from this branch.");
  }
  await finish(run, [], error);
  return error?.exitCode ?? 0;
}

async function execute(run: Run, artifacts: readonly Artifact[]): Promise<number> {
  const { session, project, chosen, ref } = run;
  if (chosen.environment === null) return withoutEnvironment(run, artifacts);
  const input = planInput(project, chosen.environment, ref, artifacts, session);
  return perform(run, input, strategyOf(chosen.environment));
}

/** Into an environment with `promoteFrom`: nothing of its own is built. */
async function promoteInto(
  run: Run,
  { from, to }: { readonly from: ResolvedEnvironment; readonly to: ResolvedEnvironment },
  functions: readonly ResolvedFunction[],
): Promise<number> {
  const { session, project, chosen, ref } = run;
  const { artifacts, absent } = await artifactsToPromote(
    { project, from, to, chosen, ref, session, command: "deploy" },
    functions,
  );
  const input = { ...planInput(project, to, ref, artifacts, session), command: "promote" as const };
  return perform({ ...run, absent: absent.map(absentRow) }, input, strategyOf(to));
}

async function start(session: Session, command: Run["command"]): Promise<number> {
  const started = session.context.now();
  const [project, ref] = await Promise.all([openProject(session), openRef(session)]);
  const chosen = await chooseEnvironment(project, ref, session);
  const dryRun = command === "plan" || flagOption(session.arguments, "dry-run");
  const run: Run = { session, project, ref, chosen, command, dryRun, started };
  sayHead(run);
  session.reportFailure = (error) => finish(run, [], error);
  const functions = selectFunctions(project.config, session.arguments.operands);
  if (chosen.environment !== null) void preloadSdk(chosen.environment.account !== null);
  const buildOnly = flagOption(session.arguments, "build-only");
  const to = chosen.environment;
  const from = to === null || buildOnly ? null : sourceOf(project, to);
  if (to !== null && from !== null) return promoteInto(run, { from, to }, functions);
  const artifacts = await bundleAll(project, functions, ref, session);
  for (const message of unzippedNotices(artifacts)) session.context.emit({ type: "notice", message });
  if (!buildOnly) return execute(run, artifacts);
  sayArtifacts(artifacts, session);
  await finish(run, [], null);
  return 0;
}

/** `sluice deploy` */
export function deploy(session: Session): Promise<number> {
  return start(session, "deploy");
}

/** `sluice plan` */
export function plan(session: Session): Promise<number> {
  return start(session, "plan");
}
