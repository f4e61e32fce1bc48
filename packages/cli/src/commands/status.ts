import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EXIT_CODES, nearestOf, type ResolvedConfig, type ResolvedEnvironment } from "@sluice/core";
import { type EnvironmentStatus, readStatus } from "@sluice/updater";
import { cliErrors } from "../errors.ts";
import { statusDocument } from "../report/status-document.ts";
import { formatStatusPage } from "../report/status-html.ts";
import { formatStatus } from "../report/status-table.ts";
import { type Session, textOption } from "../session.ts";
import { openProject, openRef, selectFunctions } from "../workflow/project.ts";

/** All environments, or the one that `--environment` names. */
function selectEnvironments(config: ResolvedConfig, session: Session): readonly ResolvedEnvironment[] {
  const named = textOption(session.arguments, "environment");
  if (named === undefined) return config.environments;
  const found = config.environments.filter(({ name }) => name === named);
  const known = config.environments.map(({ name }) => name);
  if (found.length === 0) throw cliErrors.unknownEnvironment(named, nearestOf(named, known), known);
  return found;
}

/** Git is asked only where a name needs the branch. */
async function branchFor(
  environments: readonly ResolvedEnvironment[],
  session: Session,
): Promise<string | null> {
  const isNeeded = environments.some(({ nameTemplate }) => nameTemplate.includes("{branch}"));
  return isNeeded ? (await openRef(session)).branch : null;
}

/** Drift is told, and is no failure; what could not be read is. Where nothing could be, its own code says why. */
function exitCodeOf(environments: readonly EnvironmentStatus[]): number {
  const errors = environments.flatMap((environment) => environment.errors);
  const functions = environments.flatMap((environment) => environment.functions);
  const [first] = errors;
  if (first !== undefined && functions.length === 0) return EXIT_CODES[first.kind];
  return first !== undefined || functions.some(({ error }) => error !== null) ? EXIT_CODES.target : 0;
}

/** `sluice status` */
export async function status(session: Session): Promise<number> {
  const { context } = session;
  const { config } = await openProject(session);
  const functions = selectFunctions(config, session.arguments.operands).map(({ name }) => name);
  const environments = selectEnvironments(config, session);
  const branch = await branchFor(environments, session);
  const found = await readStatus({ config, environments, functions, branch }, context);
  const now = context.now();
  session.say(formatStatus(found, now, session.colors));
  const file = textOption(session.arguments, "html");
  if (file !== undefined) await writePage(formatStatusPage(found, now), file, session);
  if (session.json) session.printJson(statusDocument(found, now));
  return exitCodeOf(found);
}

async function writePage(page: string, file: string, session: Session): Promise<void> {
  const { cwd, redact } = session.context;
  try {
    await writeFile(resolve(cwd, file), redact(page));
  } catch (error) {
    throw cliErrors.unwritable(file, error);
  }
  session.say(session.colors.dim(`\nThe page is in ${file}.`));
}
