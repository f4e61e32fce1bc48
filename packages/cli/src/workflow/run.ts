import type {
  Change,
  DeployCommand,
  GitRef,
  PlanInput,
  Report,
  SluiceError,
  Strategy,
  Target,
  TargetReport,
} from "@sluice/core";
import { DEFECT, EXIT_CODES, joinErrors, runPhase } from "@sluice/core";
import { cliErrors } from "../errors.ts";
import { differenceLines } from "../report/difference.ts";
import { errorDocument } from "../report/error-document.ts";
import { formatDuration, formatSummary, formatTargets } from "../report/human.ts";
import { writeJunit } from "../report/junit.ts";
import { completeReport, rowOfChange } from "../report/rows.ts";
import { flagOption, type Session, textOption } from "../session.ts";
import { formatProblems, wrap } from "../terminal/problems.ts";
import { carryOut } from "./carry-out.ts";
import type { Choice } from "./choose.ts";
import { changesOf, decide } from "./deployment.ts";
import { plannedRows } from "./planned-rows.ts";
import type { Project } from "./project.ts";

/** What every way to end a run reports from. */
export interface Run {
  readonly session: Session;
  readonly project: Project;
  readonly ref: GitRef;
  readonly chosen: Choice;
  readonly command: "deploy" | "plan" | "promote" | "rollback";
  readonly dryRun: boolean;
  readonly started: number;
  /** Of functions that there is nothing to plan for, since they exist nowhere. */
  readonly absent?: readonly TargetReport[];
}

/** What is done, where, and from what; then why it is there, and what else there is to say. */
export function sayHead(run: Run): void {
  const { session, ref, chosen, command } = run;
  const { bold, dim } = session.colors;
  const where = chosen.environment === null ? "no environment" : chosen.environment.name;
  const commit =
    ref.commit === null ? "" : ` at ${ref.commit.slice(0, 12)}${ref.dirty === true ? " (dirty)" : ""}`;
  session.say(`${bold(`${command} → ${where}`)}${dim(`  ${ref.branch ?? ref.tag ?? "no branch"}${commit}`)}`);
  session.say(dim(`${wrap(whyThere(run), 80).join("\n")}\n`));
  if (flagOption(session.arguments, "create-alias") && chosen.environment?.alias === null) {
    const message = `The environment ${chosen.environment.name} names no alias, so --create-alias creates none: add \`alias\` to it.`;
    session.context.emit({ type: "notice", message });
  }
}

/** Where the environment is named, what the branch would have chosen is beside the point. */
function whyThere({ ref, chosen: { choice, environment } }: Run): string {
  if (environment === null || environment.name === choice.environment) return choice.reason;
  const branch = ref.branch === null ? "the ref" : `branch ${ref.branch}`;
  return `The environment is named; ${branch} maps to ${choice.environment ?? "no configured environment"}.`;
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

/** Ends a run: the report for people, as JSON, as JUnit, and to the plugins. */
export async function finish(
  run: Run,
  planned: readonly TargetReport[],
  error: SluiceError | null,
): Promise<void> {
  const targets = [...planned, ...(run.absent ?? [])];
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
    const everything = flagOption(session.arguments, "diff");
    const shownBelow = new Set(error?.problems.map(({ message }) => message));
    const more = differenceLines(report, session.colors, everything);
    session.say(formatTargets(report, session.colors, more, shownBelow));
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

/** What the user asked for, as gates know it. */
const askedOf = ({ command }: Run): DeployCommand => (command === "plan" ? "deploy" : command);

function absentError(run: Run, changes: readonly Change[]): SluiceError | null {
  if (!flagOption(run.session.arguments, "require-existing")) return null;
  const planned = changes.filter(({ action }) => action === "absent").map(({ target }) => target.target);
  const absent = [...planned, ...(run.absent ?? []).map(({ target }) => target)];
  return absent.length === 0 ? null : cliErrors.absent(absent);
}

function exitCodeOf(rows: readonly TargetReport[], signal: AbortSignal): number {
  if (signal.aborted) return EXIT_CODES.interrupted;
  if (rows.some((row) => row.error?.code === DEFECT)) return EXIT_CODES.defect;
  return rows.some((row) => row.outcome === "failed" || row.outcome === "conflict") ? EXIT_CODES.target : 0;
}

/**
 * Asks the gates and plans, and carries the plan out unless something refuses; reports whatever came of it.
 *
 * @returns the exit code
 */
export async function perform(run: Run, input: PlanInput, strategy: Strategy): Promise<number> {
  const { session, project, chosen } = run;
  const plannedAt = session.context.now();
  const decision = await decide(project, chosen, input, strategy, session, askedOf(run));
  const changes = changesOf(decision);
  const error = joinErrors(decision.refusals) ?? absentError(run, changes);
  if (error !== null) return refuse(run, changes, error);
  if (run.dryRun) {
    const rows = await plannedRows(decision, run.command === "plan", session);
    await finish(run, rows, null);
    return exitCodeOf(rows, session.context.signal);
  }
  const done = await carryOut({ project, input, strategy, session, plannedAt }, decision);
  if (done.rows === null) return refuse(run, changesOf(done.decision), done.error);
  await finish(run, done.rows, done.error);
  return done.error?.exitCode ?? exitCodeOf(done.rows, session.context.signal);
}

const rowsOf = (changes: readonly Change[], refused: boolean): TargetReport[] =>
  changes.map((change) => rowOfChange(change, refused));

async function refuse(run: Run, changes: readonly Change[], error: SluiceError | null): Promise<number> {
  await finish(run, rowsOf(changes, true), error);
  return error?.exitCode ?? EXIT_CODES.refusal;
}

/** The row of a function that exists nowhere in the environment. */
export function absentRow(target: Target): TargetReport {
  const change: Change = {
    target,
    action: "absent",
    reason: "the function does not exist",
    artifact: null,
    strategy: "",
    previousVersion: null,
    currentCodeSha256: null,
    error: null,
    apiCalls: {},
    durationMs: 0,
    state: null,
  };
  return rowOfChange(change, false);
}
