import type { Change, GitRef, ResolvedEnvironment } from "@sluice/core";
import { checkPrerequisites, type UpdateState } from "@sluice/updater";
import type { Session } from "../session.ts";
import { type Finding, fromError, ok, problem, warning } from "./finding.ts";
import type { Project } from "./project.ts";

/** What deployments count on beside the functions: store, the environment before, alarms, CodeDeploy, function URLs of tests. */
export async function checkDelivery(
  { config }: Project,
  environment: ResolvedEnvironment,
  ref: GitRef | null,
  session: Session,
): Promise<Finding[]> {
  try {
    const branch = ref?.branch ?? null;
    const found = await checkPrerequisites({ config, environment, branch }, session.context);
    return found.flatMap(({ subject, detail, problems }) => {
      const check = `${environment.name} ${subject}`;
      if (problems.length === 0) return [ok(check, detail)];
      return problems.map(({ message, hint, code }) => problem(check, `${message} (${code})`, hint));
    });
  } catch (error) {
    return fromError(`${environment.name} delivery`, error);
  }
}

/** A missing alias is passed over by a deployment, with a notice; so are the tests and the steps that guard it. */
export function aliasFinding(check: string, { target, state }: Change, creates: boolean): Finding[] {
  const { aliasExists = true } = (state ?? {}) as Partial<UpdateState>;
  if (target.alias === null || aliasExists || creates) return [];
  return [
    warning(
      check,
      `${target.target} in ${target.region} has no alias ${target.alias}: its code would be updated and published, and no alias moved`,
      "Correct `alias`, create it where the function is provisioned, or set createAlias: true.",
    ),
  ];
}
