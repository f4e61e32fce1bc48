import {
  type EnvironmentChoice,
  type GitRef,
  nearestOf,
  pluginAnswer,
  type ResolvedEnvironment,
  runPhase,
} from "@sluice/core";
import { cliErrors } from "../errors.ts";
import { type Session, textOption } from "../session.ts";
import type { Project } from "./project.ts";

export interface Choice {
  /** What the ref maps to. */
  readonly choice: EnvironmentChoice;
  /** Where the run works: `--environment`, else the choice's; `null` for none. */
  readonly environment: ResolvedEnvironment | null;
}

function isChoice(value: unknown, known: readonly string[]): value is EnvironmentChoice {
  if (typeof value !== "object" || value === null) return false;
  const { environment, reason } = value as Partial<EnvironmentChoice>;
  return (environment === null || known.includes(environment ?? "")) && typeof reason === "string";
}

/**
 * Finds the environment of the run. Whether it may be deployed to from this ref is the gates' question.
 *
 * @param option - the one that names it
 * @throws SLUICE_UNKNOWN_ENVIRONMENT when the option names one that is not configured
 */
export async function chooseEnvironment(
  project: Project,
  ref: GitRef,
  session: Session,
  option = "environment",
): Promise<Choice> {
  const { config, plugins, packageVersion } = project;
  const known = config.environments.map((each) => each.name);
  const named = textOption(session.arguments, option);
  if (named !== undefined && !known.includes(named))
    throw cliErrors.unknownEnvironment(named, nearestOf(named, known), known, `--${option}`);
  const { answers } = await runPhase(
    "environment",
    plugins,
    { ref, config, packageVersion },
    session.context,
  );
  const [answer] = answers;
  if (answer !== undefined && !isChoice(answer.value, known)) {
    throw pluginAnswer(
      answer.plugin,
      "environment",
      "{ environment, rule, reason } for a configured environment or null",
    );
  }
  const choice = answer?.value ?? { environment: null, rule: null, reason: "no plugin maps branches." };
  const name = named ?? choice.environment;
  return { choice, environment: config.environments.find((each) => each.name === name) ?? null };
}
