import { tmpdir } from "node:os";
import { type Edge, type EdgeAnswer, startEdge, testContext } from "@sluice/test-kit";
import { afterEach, expect, it } from "vitest";
import { openAws } from "./aws.ts";
import { classifyAwsError } from "./classify.ts";
import type { CodeDeployApi } from "./codedeploy.ts";
import { awsProblem } from "./problem.ts";

// No emulator plays CodeDeploy's part. The real client is tested against the answers of its API reference:
// https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html

const GROUP = { applicationName: "orders", deploymentGroupName: "prod" };

let edge: Edge | undefined;
afterEach(async () => {
  await edge?.stop();
});

const json = (status: number, body: object): EdgeAnswer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "req-4" },
  body: JSON.stringify(body),
});
const fails = (type: string, status = 400): EdgeAnswer =>
  json(status, { __type: `com.amazonaws.codedeploy#${type}`, message: `${type}: text` });

/** CodeDeploy that answers each request in turn, the last answer over and over. */
async function open(...answers: EdgeAnswer[]): Promise<{ api: CodeDeployApi; edge: Edge }> {
  const started = await startEdge((_, index) => answers[index] ?? answers.at(-1) ?? "reset");
  edge = started;
  const env = {
    AWS_ENDPOINT_URL_CODEDEPLOY: started.endpoint,
    AWS_ACCESS_KEY_ID: "111111111111",
    AWS_SECRET_ACCESS_KEY: "secret-key",
  };
  const context = testContext({ cwd: tmpdir(), env });
  return {
    api: openAws(context, { region: "eu-west-1", profile: null, role: null }).codeDeploy,
    edge: started,
  };
}

const failing = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("should have failed"),
    (error) => error,
  );

it("creates a deployment with an AppSpec", async () => {
  const { api, edge } = await open(json(200, { deploymentId: "d-A1B2C3123" }));
  const content = JSON.stringify({ version: 0.0, Resources: [] });
  const calls = {};
  const revision = { revisionType: "AppSpecContent", appSpecContent: { content } } as const;
  const { deploymentId } = await api.createDeployment({ ...GROUP, revision }, calls);
  expect(deploymentId).toBe("d-A1B2C3123");
  expect(calls).toEqual({ CreateDeployment: 1 });
  const [request] = edge.requests;
  expect(request?.headers["x-amz-target"]).toBe("CodeDeploy_20141006.CreateDeployment");
  expect(request?.headers["authorization"]).toContain("/eu-west-1/codedeploy/aws4_request");
  expect(JSON.parse(request?.body.toString() ?? "")).toEqual({ ...GROUP, revision });
});

it("reads a deployment, with why it failed and when it ended", async () => {
  const { api } = await open(
    json(200, {
      deploymentInfo: {
        ...GROUP,
        deploymentId: "d-A1B2C3123",
        status: "Stopped",
        computePlatform: "Lambda",
        completeTime: 1796000000.5,
        errorInformation: { code: "ALARM_ACTIVE", message: "One or more alarms have been activated" },
        rollbackInfo: { rollbackDeploymentId: "d-B2C3D4567" },
      },
    }),
  );
  const { deploymentInfo } = await api.getDeployment({ deploymentId: "d-A1B2C3123" });
  expect(deploymentInfo?.status).toBe("Stopped");
  expect(deploymentInfo?.errorInformation?.code).toBe("ALARM_ACTIVE");
  expect(deploymentInfo?.completeTime?.getTime()).toBe(1796000000500);
  expect(deploymentInfo?.rollbackInfo?.rollbackDeploymentId).toBe("d-B2C3D4567");
});

it("lists, stops, and reads the group", async () => {
  const { api, edge } = await open(
    json(200, { deployments: ["d-2", "d-1"] }),
    json(200, { status: "Pending", statusMessage: "stopping" }),
    json(200, { deploymentGroupInfo: { ...GROUP, computePlatform: "Lambda" } }),
  );
  expect((await api.listDeployments({ ...GROUP, includeOnlyStatuses: ["InProgress"] })).deployments).toEqual([
    "d-2",
    "d-1",
  ]);
  expect((await api.stopDeployment({ deploymentId: "d-2", autoRollbackEnabled: true })).status).toBe(
    "Pending",
  );
  expect((await api.getDeploymentGroup(GROUP)).deploymentGroupInfo?.computePlatform).toBe("Lambda");
  expect(edge.requests.map(({ headers }) => headers["x-amz-target"]?.split(".")[1])).toEqual([
    "ListDeployments",
    "StopDeployment",
    "GetDeploymentGroup",
  ]);
});

it("never creates a second deployment when an answer may have been lost", async () => {
  for (const answer of ["reset", fails("InternalFailure", 500), json(200, {})] as const) {
    const { api, edge } = await open(answer);
    await api.createDeployment(GROUP).catch(() => undefined);
    expect(edge.requests).toHaveLength(1);
    await edge.stop();
  }
});

it("creates it again when it was throttled, and reads again whatever happened", async () => {
  const created = await open(fails("ThrottlingException"), json(200, { deploymentId: "d-1" }));
  expect((await created.api.createDeployment(GROUP)).deploymentId).toBe("d-1");
  await created.edge.stop();
  const read = await open("reset", fails("InternalFailure", 500), json(200, { deploymentInfo: {} }));
  await read.api.getDeployment({ deploymentId: "d-1" });
  expect(read.edge.requests).toHaveLength(3);
}, 30_000);

it.each([
  ["DeploymentLimitExceededException", "conflict", "SLUICE_AWS_CONFLICT", "under way"],
  ["DeploymentAlreadyCompletedException", "conflict", "SLUICE_AWS_CONFLICT", "has ended"],
  ["ApplicationDoesNotExistException", "invalid", "SLUICE_AWS_INVALID", "traffic.codeDeploy"],
  ["DeploymentGroupDoesNotExistException", "invalid", "SLUICE_AWS_INVALID", "traffic.codeDeploy"],
  ["DeploymentConfigDoesNotExistException", "invalid", "SLUICE_AWS_INVALID", "traffic.codeDeploy"],
  ["InvalidRevisionException", "invalid", "SLUICE_AWS_INVALID", "AWS says above"],
  [
    "AccessDeniedException",
    "denied",
    "SLUICE_AWS_DENIED",
    "codedeploy:CreateDeployment on arn:aws:codedeploy:eu-west-1:ACCOUNT:deploymentgroup:orders/prod",
  ],
])("%s is %s", async (type, kind, code, hint) => {
  const { api } = await open(fails(type));
  const error = await failing(api.createDeployment(GROUP));
  expect(error.name).toBe(type);
  expect(classifyAwsError(error)).toBe(kind);
  const place = { operation: "CreateDeployment", target: "orders/prod", region: "eu-west-1" };
  const problem = awsProblem(error, place);
  expect(problem).toMatchObject({ code, exitCode: 4 });
  expect(problem.message).toContain("req-4");
  expect(problem.hint).toContain(hint);
});
