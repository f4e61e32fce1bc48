import type { Aws } from "@sluice/aws";
import type { ResolvedTraffic } from "@sluice/core";
import type { TargetRun } from "../apply/target-run.ts";
import { call } from "../call.ts";
import { filledIn } from "./alarms.ts";

export type ByCodeDeploy = Extract<ResolvedTraffic, { kind: "codeDeploy" }>;

/** CodeDeploy's own account of a deployment. */
export type DeploymentInfo = NonNullable<
  Awaited<ReturnType<Aws["codeDeploy"]["getDeployment"]>>["deploymentInfo"]
>;

/** Where a function's deployments are made, with what stands in braces filled in. */
export interface Group {
  readonly application: string;
  readonly group: string;
  readonly config: string | null;
}

export function groupOf({ target, input }: TargetRun, { application, group, config }: ByCodeDeploy): Group {
  const fill = (template: string): string => filledIn(template, target, input.environment.name);
  return { application: fill(application), group: fill(group), config };
}

/** Statuses of deployments that have not ended: https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html */
const UNDER_WAY: ("Created" | "Queued" | "InProgress" | "Baking" | "Ready")[] = [
  "Created",
  "Queued",
  "InProgress",
  "Baking",
  "Ready",
];

export const hasEnded = ({ status }: DeploymentInfo): boolean =>
  status === "Succeeded" || status === "Failed" || status === "Stopped";

/**
 * By this a deployment is known again, since CreateDeployment takes no token of ours. CodeDeploy takes 100 characters
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html).
 */
function nameOf({ target }: Pick<TargetRun, "target">, version: string): string {
  const name = target.target.split(":").at(-1);
  return `sluice ${version} ${name}:${target.alias}`.slice(0, 100);
}

/** What CodeDeploy shall do: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html */
function appSpec({ target }: Pick<TargetRun, "target">, from: string, to: string): string {
  const name = target.target.split(":").at(-1) ?? "";
  const Properties = { Name: name, Alias: target.alias, CurrentVersion: from, TargetVersion: to };
  const resource = { Type: "AWS::Lambda::Function", Properties };
  return JSON.stringify({ version: 0.0, Resources: [{ [name]: resource }] });
}

/** One CreateDeployment. */
export async function createDeployment(
  run: TargetRun,
  { application, group, config }: Group,
  from: string,
  version: string,
): Promise<string> {
  const content = appSpec(run, from, version);
  const input = {
    applicationName: application,
    deploymentGroupName: group,
    description: nameOf(run, version),
    revision: { revisionType: "AppSpecContent" as const, appSpecContent: { content } },
    ...(config === null ? {} : { deploymentConfigName: config }),
  };
  const { codeDeploy } = run.aws;
  const answer = await call(run, "CreateDeployment", (_, calls) => codeDeploy.createDeployment(input, calls));
  return answer.deploymentId ?? "";
}

/** One GetDeployment. */
export async function getDeployment(run: TargetRun, deploymentId: string): Promise<DeploymentInfo> {
  const { codeDeploy } = run.aws;
  const ask = await call(run, "GetDeployment", (_, calls) =>
    codeDeploy.getDeployment({ deploymentId }, calls),
  );
  return ask.deploymentInfo ?? {};
}

/** The deployment of this function version that is under way in the group; `null` when there is none. */
export async function findUnderWay(
  run: TargetRun,
  { application, group }: Group,
  version: string,
): Promise<string | null> {
  const { codeDeploy } = run.aws;
  let nextToken: string | undefined;
  do {
    const input = {
      applicationName: application,
      deploymentGroupName: group,
      includeOnlyStatuses: UNDER_WAY,
      ...(nextToken === undefined ? {} : { nextToken }),
    };
    const page = await call(run, "ListDeployments", (_, calls) => codeDeploy.listDeployments(input, calls));
    for (const id of page.deployments ?? []) {
      const { description } = await getDeployment(run, id);
      if (description === nameOf(run, version)) return id;
    }
    nextToken = page.nextToken || undefined;
  } while (nextToken !== undefined);
  return null;
}

/** Ends a deployment; CodeDeploy sends all calls back to where they came from. */
export async function stopDeployment(run: TargetRun, deploymentId: string): Promise<void> {
  const { codeDeploy } = run.aws;
  const input = { deploymentId, autoRollbackEnabled: true };
  await call(run, "StopDeployment", (_, calls) => codeDeploy.stopDeployment(input, calls));
}
