import { accountGate, openAws, resolveRegions } from "@sluice/aws";
import {
  type Actor,
  type Artifact,
  type Change,
  type DeployCommand,
  type DeployOptions,
  type GitRef,
  inAccounts,
  type PlanInput,
  type Plugin,
  type ResolvedEnvironment,
  type RunContext,
  refusalsOf,
  runPhase,
  SluiceError,
  type Strategy,
  type TargetReport,
} from "@sluice/core";
import { actorOf, layers, updateExisting } from "@sluice/updater";
import { flagOption, numberOption, type Session } from "../session.ts";
import type { Choice } from "./choose.ts";
import type { Project } from "./project.ts";

/** What is planned in one account of the environment. */
export interface Place {
  readonly input: PlanInput;
  readonly changes: readonly Change[];
}

/** What the gates and the plan came to, before anything is written. */
export interface Decision {
  /** One for each account. */
  readonly places: readonly Place[];
  /** Every refusal of gates and plan. */
  readonly refusals: readonly SluiceError[];
}

function deployOptions(session: Session): DeployOptions {
  const flag = (name: string): boolean => flagOption(session.arguments, name);
  const keepVersions = numberOption(session.arguments, "keep-versions");
  return {
    requireExisting: flag("require-existing"),
    force: flag("force"),
    allowDowngrade: flag("allow-downgrade"),
    allowDirty: flag("allow-dirty"),
    skipTest: flag("skip-test"),
    createAlias: flag("create-alias"),
    ...(keepVersions === undefined ? {} : { keepVersions }),
  };
}

/** The environment's strategy, `updateExisting()` unless the configuration names another. */
export function strategyOf(environment: ResolvedEnvironment): Strategy {
  return environment.strategy ?? updateExisting();
}

/** Refusals of the gates alone, as for a branch that maps to no environment; in every account of one that has several. */
export async function runGates(
  project: Project,
  chosen: Choice,
  ref: GitRef,
  artifacts: readonly Artifact[],
  session: Session,
  command: DeployCommand = "deploy",
): Promise<readonly SluiceError[]> {
  const plugins = [...project.plugins, accountGate()];
  const { config, history } = project;
  const { choice, environment } = chosen;
  const places = environment === null ? [null] : inAccounts(environment);
  const refusals = await Promise.all(
    places.map(async (place) => {
      const options = deployOptions(session);
      const input = { config, history, choice, environment: place, ref, artifacts, options, command };
      return refusalsOf(await runPhase("gate", plugins, input, session.context));
    }),
  );
  return distinctErrors(refusals.flat());
}

/** A gate that is not about the account refuses for each of them in the same words. */
function distinctErrors(errors: readonly SluiceError[]): readonly SluiceError[] {
  return [...new Map(errors.map((error) => [JSON.stringify(error.problems), error])).values()];
}

export function planInput(
  project: Project,
  environment: ResolvedEnvironment,
  ref: GitRef,
  artifacts: readonly Artifact[],
  session: Session,
): PlanInput {
  const { config, packageVersion, history } = project;
  return { config, environment, ref, packageVersion, history, artifacts, options: deployOptions(session) };
}

function planners(project: Project, strategy: Strategy): readonly Plugin[] {
  // Layers first: a function's new code may count on a version that is published in this run.
  return [...project.plugins, layers(), strategy];
}

/**
 * Asks the gates and plans at the same time, since both only read: the plan counts only when no gate refuses. A gate's
 * refusal is shown rather than an error of planning, which it may have caused (as credentials of another account do).
 *
 * @param command - what the user asked for: a deployment that promotes is held to what a deployment is
 */
export async function decide(
  project: Project,
  chosen: Choice,
  input: PlanInput,
  strategy: Strategy,
  session: Session,
  command: DeployCommand,
): Promise<Decision> {
  const [gates, planned] = await Promise.allSettled([
    runGates(project, chosen, input.ref, input.artifacts, session, command),
    planPlaces(project, input, strategy, session),
  ]);
  if (gates.status === "rejected") throw gates.reason;
  if (gates.value.length > 0)
    return { places: planned.status === "fulfilled" ? planned.value : [], refusals: gates.value };
  if (planned.status === "rejected") throw planned.reason;
  return decisionOf(planned.value);
}

/** Plans once more, for gates that have been passed. */
export async function decideAgain(
  project: Project,
  input: PlanInput,
  strategy: Strategy,
  session: Session,
): Promise<Decision> {
  return decisionOf(await planPlaces(project, input, strategy, session));
}

function decisionOf(places: readonly Place[]): Decision {
  const refusals = places.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      change.action === "refuse" && change.error !== null ? [new SluiceError(change.error)] : [],
    ),
  );
  return { places, refusals };
}

/** Whether anything is to be written. */
export function isToWrite(decision: Decision): boolean {
  return changesOf(decision).some(({ action }) => action === "update" || action === "move-alias");
}

/** Plans in every account of the environment at once. */
function planPlaces(
  project: Project,
  input: PlanInput,
  strategy: Strategy,
  session: Session,
): Promise<readonly Place[]> {
  return Promise.all(
    inAccounts(input.environment).map(async (environment) => {
      const here = { ...input, environment };
      const { answers } = await runPhase("plan", planners(project, strategy), here, session.context);
      return { input: here, changes: answers.flatMap(({ value }) => value) };
    }),
  );
}

/** All changes of a decision, account by account. */
export function changesOf({ places }: Decision): readonly Change[] {
  return places.flatMap(({ changes }) => changes);
}

/** Carries out a decision, in every account at once. */
export async function apply(
  project: Project,
  { places }: Decision,
  strategy: Strategy,
  session: Session,
): Promise<readonly TargetReport[]> {
  const rows = await Promise.all(places.map((place) => applyPlace(project, place, strategy, session)));
  return rows.flat();
}

/** Who deploys to an account, asked once, when somebody writes it down. */
function actorIn(environment: ResolvedEnvironment, context: RunContext): () => Promise<Actor> {
  let asked: Promise<Actor> | undefined;
  const ask = async (): Promise<Actor> => {
    const [region = ""] = await resolveRegions(context, environment);
    const { profile, role } = environment;
    return actorOf(context, openAws(context, { region, profile, role }));
  };
  return () => {
    asked ??= ask();
    return asked;
  };
}

/** Each plugin that planned changes applies its own, in the order of the plugins. */
async function applyPlace(
  project: Project,
  { input, changes }: Place,
  strategy: Strategy,
  session: Session,
): Promise<readonly TargetReport[]> {
  const reports: TargetReport[] = [];
  const actor = actorIn(input.environment, session.context);
  for (const plugin of planners(project, strategy)) {
    const own = changes.filter((change) => change.strategy === plugin.name);
    if (own.length === 0 || plugin.apply === undefined) continue;
    const { answers } = await runPhase(
      "apply",
      [plugin],
      { ...input, changes: own, done: [...reports], actor },
      session.context,
    );
    reports.push(...answers.flatMap(({ value }) => value));
  }
  return reports;
}
