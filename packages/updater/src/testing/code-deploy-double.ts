import { type Edge, type EdgeAnswer, startEdge } from "@sluice/test-kit";
import type { FakeFunction } from "./fake-lambda.ts";
import { aliasOf } from "./rollouts.ts";

/** A deployment as GetDeployment tells it. */
export interface DoubleDeployment {
  readonly id: string;
  readonly group: string;
  readonly description: string;
  readonly from: string;
  readonly to: string;
  /** GetDeployment calls so far. */
  looks: number;
  status: string;
  readonly errorInformation?: { readonly code: string; readonly message: string };
  readonly rollbackInfo?: { readonly rollbackDeploymentId: string; readonly rollbackMessage: string };
}

/** CodeDeploy's HTTP side by its documented answers, on loopback: no emulator plays its part. */
export interface CodeDeployDouble extends Edge {
  readonly deployments: DoubleDeployment[];
  /** Operations with their inputs, in order. */
  readonly calls: { readonly operation: string; readonly input: Record<string, unknown> }[];
  /** Answers instead; `reset-after` carries the call out first. */
  fault: (operation: string, nth: number) => EdgeAnswer | "reset-after" | undefined;
  /** How a deployment goes: what becomes of it at each look, the first is 1. */
  play: (deployment: DoubleDeployment) => Partial<DoubleDeployment> | undefined;
}

const TYPE = { "content-type": "application/x-amz-json-1.1" };
const ok = (body: unknown): EdgeAnswer => ({ status: 200, headers: TYPE, body: JSON.stringify(body) });

/** An error as CodeDeploy's JSON protocol tells it. */
export const refusal = (name: string, status = 400): EdgeAnswer => ({
  status,
  headers: { ...TYPE, "x-amzn-requestid": "r-codedeploy" },
  body: JSON.stringify({ __type: name, message: `${name} by the double` }),
});

const ENDED = ["Succeeded", "Failed", "Stopped"];

/** Plays CodeDeploy for one function, whose alias it moves as CodeDeploy does: weights first, description left alone. */
export async function startCodeDeploy(target: FakeFunction): Promise<CodeDeployDouble> {
  const counts = new Map<string, number>();
  const handlers: Record<string, (input: Record<string, unknown>) => EdgeAnswer> = {
    CreateDeployment: (input) => {
      if (
        double.deployments.some(
          ({ status, group }) => !ENDED.includes(status) && group === input["deploymentGroupName"],
        )
      )
        return refusal("DeploymentLimitExceededException");
      const { appSpecContent } = input["revision"] as { appSpecContent: { content: string } };
      const { Resources } = JSON.parse(appSpecContent.content) as {
        Resources: Record<string, { Properties: { CurrentVersion: string; TargetVersion: string } }>[];
      };
      const { CurrentVersion: from, TargetVersion: to } = Object.values(Resources[0] ?? {})[0]
        ?.Properties ?? {
        CurrentVersion: "",
        TargetVersion: "",
      };
      const id = `d-${double.deployments.length + 1}`;
      const [group, description] = [String(input["deploymentGroupName"]), String(input["description"])];
      double.deployments.push({ id, group, description, from, to, looks: 0, status: "Created" });
      return ok({ deploymentId: id });
    },
    GetDeployment: ({ deploymentId }) => {
      const index = double.deployments.findIndex(({ id }) => id === deploymentId);
      const found = double.deployments[index];
      if (found === undefined) return refusal("DeploymentDoesNotExistException");
      found.looks += 1;
      const now = { ...found, ...double.play(found) };
      double.deployments[index] = now;
      shift(target, now);
      const { id, status, description, errorInformation, rollbackInfo } = now;
      return ok({
        deploymentInfo: { deploymentId: id, status, description, errorInformation, rollbackInfo },
      });
    },
    ListDeployments: ({ includeOnlyStatuses = [], deploymentGroupName }) => {
      const wanted = double.deployments.filter(
        ({ status, group }) =>
          (includeOnlyStatuses as string[]).includes(status) && group === deploymentGroupName,
      );
      return ok({ deployments: wanted.map(({ id }) => id) });
    },
    StopDeployment: ({ deploymentId }) => {
      const found = double.deployments.find(({ id }) => id === deploymentId);
      if (found === undefined) return refusal("DeploymentDoesNotExistException");
      found.status = "Stopped";
      shift(target, found);
      return ok({ status: "Pending" });
    },
  };
  const edge = await startEdge(({ headers, body }) => {
    const operation = headers["x-amz-target"]?.split(".").at(-1) ?? "";
    const input = JSON.parse(body.toString()) as Record<string, unknown>;
    double.calls.push({ operation, input });
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const fault = double.fault(operation, counts.get(operation) ?? 0);
    if (fault !== undefined && fault !== "reset-after") return fault;
    const answer = handlers[operation]?.(input) ?? refusal("UnknownOperationException");
    return fault === "reset-after" ? "reset" : answer;
  });
  const double: CodeDeployDouble = {
    ...edge,
    deployments: [],
    calls: [],
    fault: () => undefined,
    play: ({ looks }) => ({ status: looks < 3 ? "InProgress" : "Succeeded" }),
  };
  return double;
}

function shift(target: FakeFunction, { status, from, to }: DoubleDeployment): void {
  const alias = aliasOf(target);
  const before = JSON.stringify(alias);
  alias.version = status === "Succeeded" ? to : from;
  alias.weights = status === "InProgress" ? { [to]: 0.1 } : {};
  if (JSON.stringify(alias) !== before) alias.revision = `codedeploy-${Math.random()}`;
}
