import { awsProblem } from "@sluice/aws";
import { filledIn } from "../traffic/alarms.ts";
import { type Look, problemsOf } from "./prerequisite.ts";

/** CodeDeploy's deployment groups that `traffic` names. */
export const lookAtGroups: Look = async (_config, { environment, aws }, targets) => {
  const { traffic, name } = environment;
  if (traffic?.kind !== "codeDeploy") return null;
  const { region } = aws.scope;
  const groups = new Map(
    targets.map((target) => {
      const [application, group] = [traffic.application, traffic.group].map((template) =>
        filledIn(template, target, name),
      );
      return [
        `${application}/${group}`,
        { applicationName: application, deploymentGroupName: group },
      ] as const;
    }),
  );
  const asked = [...groups].map(([target, input]) =>
    problemsOf(
      aws.codeDeploy.getDeploymentGroup(input).catch((error: unknown) => {
        throw awsProblem(error, { operation: "GetDeploymentGroup", target, region });
      }),
    ),
  );
  const detail = `${[...groups.keys()].join(", ")} in ${region}`;
  return { subject: "CodeDeploy", detail, problems: (await Promise.all(asked)).flat() };
};
