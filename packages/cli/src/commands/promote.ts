import { preloadSdk } from "@sluice/aws";
import type { GitRef } from "@sluice/core";
import { resolveCommit } from "@sluice/gitflow";
import { cliErrors } from "../errors.ts";
import { flagOption, type Session, textOption } from "../session.ts";
import { chooseEnvironment } from "../workflow/choose.ts";
import { planInput, strategyOf } from "../workflow/deployment.ts";
import { openProject, openRef, type Project, selectFunctions } from "../workflow/project.ts";
import { artifactsToPromote, sourceOf } from "../workflow/promotion.ts";
import { absentRow, finish, perform, type Run, sayHead } from "../workflow/run.ts";

const USAGE = "sluice promote --from NAME --to NAME [FUNCTION…]";

/** `--commit`: another one than is checked out. Nothing is known then of files that differ from it. */
async function refOf(session: Session): Promise<GitRef> {
  const ref = await openRef(session);
  const named = textOption(session.arguments, "commit");
  if (named === undefined) return ref;
  const { cwd, env } = session.context;
  const commit = await resolveCommit(named, { cwd, env });
  if (commit === null) throw cliErrors.commitUnknown(named);
  return commit === ref.commit ? ref : { ...ref, commit, dirty: null };
}

/** `--to`, which `--environment` may name as well. */
function targetOption(session: Session): "to" | "environment" {
  const [to, environment] = [
    textOption(session.arguments, "to"),
    textOption(session.arguments, "environment"),
  ];
  if (to !== undefined && environment !== undefined && to !== environment)
    throw cliErrors.usage(`--to names ${to}, and --environment ${environment}.`, USAGE);
  return to === undefined ? "environment" : "to";
}

function checkSource(project: Project, from: string | undefined, to: string): void {
  if (from === to) throw cliErrors.usage(`${to} cannot be promoted to itself.`, USAGE);
  const known = project.config.environments.map(({ name }) => name);
  if (from !== undefined && !known.includes(from))
    throw cliErrors.unknownEnvironment(from, null, known, "--from");
}

/** `sluice promote` */
export async function promote(session: Session): Promise<number> {
  const started = session.context.now();
  const [project, ref] = await Promise.all([openProject(session), refOf(session)]);
  const chosen = await chooseEnvironment(project, ref, session, targetOption(session));
  const to = chosen.environment;
  if (to === null) throw cliErrors.noEnvironment(chosen.choice.reason, "promote");
  const named = textOption(session.arguments, "from");
  checkSource(project, named, to.name);
  const from = sourceOf(project, to, named);
  if (from === null) throw cliErrors.usage(`${to.name} has no \`promoteFrom\`: --from is missing.`, USAGE);
  const functions = selectFunctions(project.config, session.arguments.operands);
  const dryRun = flagOption(session.arguments, "dry-run");
  const run: Run = { session, project, ref, chosen, command: "promote", dryRun, started };
  sayHead(run);
  session.reportFailure = (error) => finish(run, [], error);
  void preloadSdk(to.account !== null);
  const { artifacts, absent } = await artifactsToPromote(
    { project, from, to, chosen, ref, session, command: "promote" },
    functions,
  );
  const input = { ...planInput(project, to, ref, artifacts, session), command: "promote" as const };
  return perform({ ...run, absent: absent.map(absentRow) }, input, strategyOf(to));
}
