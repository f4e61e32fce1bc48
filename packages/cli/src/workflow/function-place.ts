import { type Aws, openAws, resolveRegions } from "@sluice/aws";
import { type GitRef, inAccounts, type ResolvedEnvironment } from "@sluice/core";
import { targetName } from "@sluice/updater";
import { cliErrors } from "../errors.ts";
import { type Session, textOption } from "../session.ts";
import { chooseEnvironment } from "./choose.ts";
import { openProject, openRef, selectFunctions } from "./project.ts";

/** One function of the configuration where it lives: in one account and region of the environment. */
export interface FunctionPlace {
  /** Name in the configuration. */
  readonly name: string;
  /** Name in AWS, or ARN. */
  readonly target: string;
  readonly region: string;
  readonly environment: ResolvedEnvironment;
  readonly aws: Aws;
}

/**
 * Finds the one function that a command is about. Of several regions and accounts it is the first, unless `--region` and
 * `--account` say otherwise.
 *
 * @param command - as `invoke`, with how it is used
 * @throws SLUICE_USAGE, SLUICE_UNKNOWN_FUNCTION, SLUICE_NO_ENVIRONMENT, SLUICE_OPTION_INVALID
 */
export async function findFunction(session: Session, command: string, usage: string): Promise<FunctionPlace> {
  const [name, ...others] = session.arguments.operands;
  if (name === undefined || others.length > 0)
    throw cliErrors.usage(`Name one function: ${command} takes one.`, usage);
  const [project, ref] = await Promise.all([openProject(session), openRef(session)]);
  selectFunctions(project.config, [name]);
  const { environment, choice } = await chooseEnvironment(project, ref, session);
  if (environment === null) throw cliErrors.noEnvironment(choice.reason, `${command} ${name}`);
  return placeOf(session, environment, ref, name);
}

async function placeOf(
  session: Session,
  environment: ResolvedEnvironment,
  ref: GitRef,
  name: string,
): Promise<FunctionPlace> {
  const { context } = session;
  const places = inAccounts(environment);
  const accounts = places.flatMap(({ account }) => account ?? []);
  const account = chosen(session, "account", accounts);
  const here = places.find((place) => place.account === account) ?? environment;
  const regions = await resolveRegions(context, here);
  const region = chosen(session, "region", regions) ?? "";
  const { profile, role } = here;
  const aws = openAws(context, { region, profile, role });
  return { name, target: targetName(here, name, ref.branch), region, environment: here, aws };
}

/** What an option names among what the environment has, else the first: then it is said which one that is. */
function chosen(
  session: Session,
  option: "account" | "region",
  known: readonly string[],
): string | undefined {
  const given = textOption(session.arguments, option);
  if (given === undefined) {
    if (known.length > 1)
      session.say(session.colors.dim(`${option} ${known[0]}, of ${known.join(", ")} (--${option})`));
    return known[0];
  }
  if (known.length > 0 && !known.includes(given))
    throw cliErrors.optionValue(
      `--${option}`,
      `one of the environment's: ${known.join(", ")}`,
      `\`${given}\``,
    );
  return given;
}
