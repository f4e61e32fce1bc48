import { preloadSdk } from "@sluice/aws";
import type { Artifact, Change, GitRef, Report, SluiceError, TargetReport } from "@sluice/core";
import { DEFECT, EXIT_CODES, joinErrors, runPhase } from "@sluice/core";
import { cliErrors } from "../errors.ts";
import { unzippedNotices } from "../report/analysis-limits.ts";
import { errorDocument } from "../report/error-document.ts";
import { formatDuration, formatSummary, formatTargets } from "../report/human.ts";
import { writeJunit } from "../report/junit.ts";
import { completeReport, rowOfChange } from "../report/rows.ts";
import { flagOption, type Session, textOption } from "../session.ts";
import { formatProblems } from "../terminal/problems.ts";
import { bundleAll } from "../workflow/bundle.ts";
import { type Choice, chooseEnvironment } from "../workflow/choose.ts";
import { apply, changesOf, decide, planInput, runGates, strategyOf } from "../workflow/deployment.ts";
import { openProject, openRef, type Project, selectFunctions } from "../workflow/project.ts";
import { sayArtifacts } from "./build.ts";

/** What every way to end a run reports from. */
interface Run {
  readonly session: Session;
  readonly project: Project;
  readonly ref: GitRef;
  readonly chosen: Choice;
  readonly command: "deploy" | "plan";
  readonly dryRun: boolean;
  readonly started: number;
}

function sayHead(run: Run): void {
  const { session, ref, chosen, command } = run;
  const { bold, dim } = session.colors;
  const where = chosen.environment === null ? "no environment" : chosen.environment.name;
  const commit =
    ref.commit === null ? "" : ` at ${ref.commit.slice(0, 12)}${ref.dirty === true ? " (dirty)" : ""}`;
  session.say(`${bold(`${command} → ${where}`)}${dim(`  ${ref.branch ?? ref.tag ?? "no branch"}${commit}`)}`);
  session.say(dim(`${chosen.choice.reason}\n`));
}

/** What was done stays done when its report cannot be written: said, and no reason for another exit code. */
async function reportJunit(
  report: Report,
  error: SluiceError | null,
  file: string,
  session: Session,
): Promise<void> {
  const { context } = session;
  await writeJunit(report, error, file, context.cwd, context.redact).catch((error: unknown) => {
    context.log.warn(`The JUnit report could not be written: ${(error as Error).message}`);
  });
}

async function finish(run: Run, targets: readonly TargetReport[], error: SluiceError | null): Promise<void> {
  const { session, project, ref, chosen, command, dryRun } = run;
  const { context } = session;
  const report: Report = completeReport({
    command,
    environment: chosen.environment?.name ?? null,
    branch: ref.branch,
    commit: ref.commit,
    dirty: ref.dirty,
    dryRun,
    targets,
  });
  if (targets.length > 0) {
    session.say(formatTargets(report, session.colors));
    const took = formatDuration(context.now() - run.started);
    session.say(`\n${formatSummary(report)}${session.colors.dim(` in ${took}`)}`);
  }
  if (error !== null) {
    const text = formatProblems(error.problems, session.colors);
    context.log.error(targets.length > 0 ? `\n${text}` : text);
  }
  const junit = textOption(session.arguments, "junit");
  if (junit !== undefined) await reportJunit(report, error, junit, session);
  const { failures } = await runPhase("report", project.plugins, report, context);
  for (const failure of failures) context.log.warn((failure.error as Error).message);
  if (session.json) session.printJson(error === null ? report : { ...report, ...errorDocument(error) });
}

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

function absentError(run: Run, changes: readonly Change[]): SluiceError | null {
  if (!flagOption(run.session.arguments, "require-existing")) return null;
  const absent = changes.filter((change) => change.action === "absent").map((change) => change.target.target);
  return absent.length === 0 ? null : cliErrors.absent(absent);
}

function exitCodeOf(rows: readonly TargetReport[], signal: AbortSignal): number {
  if (signal.aborted) return EXIT_CODES.interrupted;
  if (rows.some((row) => row.error?.code === DEFECT)) return EXIT_CODES.defect;
  return rows.some((row) => row.outcome === "failed" || row.outcome === "conflict") ? EXIT_CODES.target : 0;
}

async function execute(run: Run, artifacts: readonly Artifact[]): Promise<number> {
  const { session, project, chosen, ref } = run;
  if (chosen.environment === null) return withoutEnvironment(run, artifacts);
  const input = planInput(project, chosen.environment, ref, artifacts, session);
  const strategy = strategyOf(chosen.environment);
  const decision = await decide(project, chosen, input, strategy, session);
  const changes = changesOf(decision);
  const error = joinErrors(decision.refusals) ?? absentError(run, changes);
  if (error !== null) {
    await finish(
      run,
      changes.map((change) => rowOfChange(change, true)),
      error,
    );
    return error.exitCode;
  }
  const rows = run.dryRun
    ? changes.map((change) => rowOfChange(change, false))
    : await session.undisturbed(() => apply(project, decision, strategy, session));
  await finish(run, rows, null);
  return exitCodeOf(rows, session.context.signal);
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
  const artifacts = await bundleAll(project, functions, ref, session);
  for (const message of unzippedNotices(artifacts)) session.context.emit({ type: "notice", message });
  if (!flagOption(session.arguments, "build-only")) return execute(run, artifacts);
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
