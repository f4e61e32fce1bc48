import { accountGate } from "@sluice/aws";
import { EXIT_CODES, type GitRef, inAccounts, joinErrors, refusalsOf, runPhase } from "@sluice/core";
import { type FunctionVersions, functionVersions } from "@sluice/updater";
import { cliErrors } from "../errors.ts";
import { formatVersions } from "../report/versions-table.ts";
import { flagOption, numberOption, type Session } from "../session.ts";
import { type Choice, chooseEnvironment } from "../workflow/choose.ts";
import { openProject, openRef, type Project, selectFunctions } from "../workflow/project.ts";

/** Whether versions may be deleted from this branch and with these credentials; the work tree has no part in it. */
async function checkGates(project: Project, chosen: Choice, ref: GitRef, session: Session): Promise<void> {
  const { choice, environment } = chosen;
  if (environment === null) return;
  const options = { requireExisting: false, force: false, allowDowngrade: true, allowDirty: true };
  const plugins = [...project.plugins, accountGate()];
  for (const place of inAccounts(environment)) {
    const input = { config: project.config, choice, environment: place, ref, artifacts: [], options };
    const error = joinErrors(refusalsOf(await runPhase("gate", plugins, input, session.context)));
    if (error !== undefined) throw error;
  }
}

function document(found: FunctionVersions): object {
  const { error, ...rest } = found;
  if (error === null) return { ...rest, error };
  return { ...rest, error: { code: error.code, message: error.message, hint: error.hint } };
}

/** `sluice versions` */
export async function versions(session: Session): Promise<number> {
  const { context } = session;
  const [project, ref] = await Promise.all([openProject(session), openRef(session)]);
  const { config } = project;
  const functions = selectFunctions(config, session.arguments.operands).map(({ name }) => name);
  const chosen = await chooseEnvironment(project, ref, session);
  const { environment, choice } = chosen;
  if (environment === null) throw cliErrors.noEnvironment(choice.reason, "versions");
  const keep = numberOption(session.arguments, "keep-versions") ?? null;
  const dryRun = flagOption(session.arguments, "dry-run");
  const deletes = keep !== null && !dryRun;
  if (deletes) await checkGates(project, chosen, ref, session);
  const input = { config, environment, functions, branch: ref.branch, keep, dryRun };
  const read = () => functionVersions(input, context);
  const found = await (deletes ? session.undisturbed(read) : read());
  session.say(formatVersions(found, dryRun, context.now(), session.colors));
  if (session.json)
    session.printJson({
      schema: 1,
      command: "versions",
      environment: environment.name,
      dryRun,
      functions: found.map(document),
    });
  if (context.signal.aborted) return EXIT_CODES.interrupted;
  return found.some(({ error }) => error !== null) ? EXIT_CODES.target : 0;
}
