import { isDigest } from "@sluice/artifact";
import { preloadSdk } from "@sluice/aws";
import type { Digest, GitRef } from "@sluice/core";
import { rollback as rollbackStrategy } from "@sluice/updater";
import { cliErrors } from "../errors.ts";
import { flagOption, numberOption, type Session, textOption } from "../session.ts";
import { chooseEnvironment } from "../workflow/choose.ts";
import { planInput } from "../workflow/deployment.ts";
import { openProject, openRef, selectFunctions } from "../workflow/project.ts";
import { finish, perform, type Run, sayHead } from "../workflow/run.ts";

const USAGE = "sluice rollback [FUNCTION…] [--to-version N | --to-digest DIGEST]";

const NOWHERE: GitRef = {
  branch: null,
  tag: null,
  commit: null,
  dirty: null,
  pullRequest: null,
  source: "option",
};

/** Nothing is taken from the ref when the environment is named: then whatever is wrong with the repository is no obstacle. */
function refOf(session: Session): Promise<GitRef> {
  const ref = openRef(session);
  return textOption(session.arguments, "environment") === undefined ? ref : ref.catch(() => NOWHERE);
}

function digestOption(session: Session): Digest | null {
  const digest = textOption(session.arguments, "to-digest");
  if (digest === undefined) return null;
  if (isDigest(digest)) return digest;
  throw cliErrors.optionValue("--to-digest", "sha256: and 64 hexadecimal digits", `\`${digest}\``);
}

/** `sluice rollback` */
export async function rollback(session: Session): Promise<number> {
  const started = session.context.now();
  const version = numberOption(session.arguments, "to-version");
  const toDigest = digestOption(session);
  if (version !== undefined && toDigest !== null)
    throw cliErrors.usage("--to-version and --to-digest both say where to.", USAGE);
  const [project, ref] = await Promise.all([openProject(session), refOf(session)]);
  const chosen = await chooseEnvironment(project, ref, session);
  if (chosen.environment === null) throw cliErrors.noEnvironment(chosen.choice.reason, "rollback");
  const functions = selectFunctions(project.config, session.arguments.operands);
  if (functions.length > 1 && (version !== undefined || toDigest !== null))
    throw cliErrors.usage("A version or digest is one function's: name the function.", USAGE);
  const dryRun = flagOption(session.arguments, "dry-run");
  const run: Run = { session, project, ref, chosen, command: "rollback", dryRun, started };
  sayHead(run);
  session.reportFailure = (error) => finish(run, [], error);
  void preloadSdk(chosen.environment.account !== null);
  const strategy = rollbackStrategy({
    functions: session.arguments.operands.length === 0 ? [] : functions.map(({ name }) => name),
    toVersion: version === undefined ? null : String(version),
    toDigest,
  });
  const input = { ...planInput(project, chosen.environment, ref, [], session), command: "rollback" as const };
  return perform(run, input, strategy);
}
