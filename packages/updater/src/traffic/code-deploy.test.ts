import { openAws } from "@sluice/aws";
import { interrupted, type ResolvedEnvironment, type RunContext, type TargetReport } from "@sluice/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CodeDeployDouble, refusal, startCodeDeploy } from "../testing/code-deploy-double.ts";
import { type FakeFunction, fakeFunction, fakeLambda, sha } from "../testing/fake-lambda.ts";
import { aliasOf, doorWith, provisioned } from "../testing/rollouts.ts";
import { clockedContext, deploy, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
let double: CodeDeployDouble;
let target: FakeFunction;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());
afterEach(() => double.stop());

const TRAFFIC = {
  kind: "codeDeploy" as const,
  application: "shop",
  group: "{function}-{environment}",
  config: null,
};

async function start(made: FakeFunction = provisioned()): Promise<void> {
  target = made;
  double = await startCodeDeploy(target);
}

interface Given {
  readonly environment?: Partial<ResolvedEnvironment>;
  readonly context?: Partial<RunContext>;
  readonly options?: { readonly waitSeconds?: number };
  readonly names?: readonly string[];
  readonly others?: readonly FakeFunction[];
}

async function run(given: Given = {}): Promise<TargetReport> {
  const env = {
    AWS_ENDPOINT_URL_CODEDEPLOY: double.endpoint,
    AWS_ACCESS_KEY_ID: "111111111111",
    AWS_SECRET_ACCESS_KEY: "secret-of-a-test",
  };
  const context = clockedContext(scene.folder, { env, ...given.context });
  const { codeDeploy } = openAws(context, { region: "eu-west-1", profile: null, role: null });
  const artifact = await scene.artifact("orders", "new");
  const input = scene.input([artifact], { alias: "live", traffic: TRAFFIC, ...given.environment });
  const strategy = updateExisting(given.options, doorWith(fakeLambda(target), { codeDeploy }));
  const [row] = (await deploy(strategy, input, context)).rows;
  if (row === undefined) throw new Error("no row");
  return row;
}

const operations = (): string[] => double.calls.map(({ operation }) => operation);
const created = (): number => operations().filter((one) => one === "CreateDeployment").length;

describe("a deployment by CodeDeploy", () => {
  it("is made with an AppSpec of old and new version, and waited for", async () => {
    await start();
    const row = await run();
    expect(row).toMatchObject({ outcome: "updated", version: "2", previousVersion: "1", error: null });
    expect(operations()).toEqual(["ListDeployments", "CreateDeployment", ...Array(3).fill("GetDeployment")]);
    const { input } = double.calls[1] ?? {};
    expect(input).toMatchObject({
      applicationName: "shop",
      deploymentGroupName: "orders-dev",
      description: "sluice 2 orders:live",
      revision: { revisionType: "AppSpecContent" },
    });
    expect(input).not.toHaveProperty("deploymentConfigName");
    const revision = input?.["revision"] as { readonly appSpecContent: { readonly content: string } };
    expect(JSON.parse(revision.appSpecContent.content)).toEqual({
      version: 0,
      Resources: [
        {
          orders: {
            Type: "AWS::Lambda::Function",
            Properties: { Name: "orders", Alias: "live", CurrentVersion: "1", TargetVersion: "2" },
          },
        },
      ],
    });
    expect(aliasOf(target)).toMatchObject({ version: "2", weights: {} });
    expect(aliasOf(target).description).toMatch(/^1\.4\.0 · 0123456789ab · sha256:/);
    expect(row.apiCalls).toMatchObject({ CreateDeployment: 1, GetDeployment: 3, UpdateAlias: 1 });
  });

  it("names the configuration when there is one", async () => {
    await start();
    const config = "CodeDeployDefault.LambdaCanary10Percent5Minutes";
    await run({ environment: { traffic: { ...TRAFFIC, config } } });
    expect(double.calls[1]?.input).toMatchObject({ deploymentConfigName: config });
  });

  it.each([
    ["Failed", "ALARM_ACTIVE", true],
    ["Failed", "HOOK_EXECUTION_FAILURE", true],
    ["Stopped", "MANUAL_STOP", false],
    ["Failed", "IAM_ROLE_PERMISSIONS", false],
  ])("that ends as %s by %s is failed, with CodeDeploy's own words", async (status, code, isRejection) => {
    await start();
    const errorInformation = { code, message: "One or more alarms have been activated" };
    double.play = ({ looks }) => (looks < 2 ? { status: "InProgress" } : { status, errorInformation });
    const row = await run();
    expect(row).toMatchObject({
      outcome: "failed",
      version: "1",
      error: { code: "SLUICE_CODEDEPLOY_FAILED" },
    });
    expect(row.rejectedVersion).toBe(isRejection ? "2" : undefined);
    expect(row.error?.message).toContain(
      `d-1 of function version 2 to orders in eu-west-1 ended as ${status}`,
    );
    expect(row.error?.message).toContain(`${code}: One or more alarms have been activated`);
    expect(row.error?.message).toContain("Alias live is on 1.");
    expect(target.versions).toHaveLength(2);
  });

  it("that is rolled back is waited for until it is back", async () => {
    await start();
    const rollbackInfo = { rollbackDeploymentId: "d-9", rollbackMessage: "Deployment d-9 rolls back d-1" };
    double.play = ({ id }) => (id === "d-1" ? { status: "Failed", rollbackInfo } : undefined);
    double.fault = (operation) => {
      const rollsBack = operation === "GetDeployment" && double.calls.at(-1)?.input["deploymentId"] === "d-9";
      if (!rollsBack) return undefined;
      const body = JSON.stringify({ deploymentInfo: { deploymentId: "d-9", status: "Succeeded" } });
      return { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body };
    };
    const row = await run();
    expect(double.calls.at(-1)?.input).toEqual({ deploymentId: "d-9" });
    expect(row.error?.message).toContain("Deployment d-9 rolls back d-1");
  });

  it("that nobody may create is failed, and names the permission", async () => {
    await start();
    double.fault = (operation) =>
      operation === "CreateDeployment" ? refusal("AccessDeniedException") : undefined;
    const row = await run();
    expect(row).toMatchObject({ outcome: "failed", version: "1" });
    expect(row.error?.message).toContain("AccessDeniedException");
    expect(row.error?.hint).toContain("codedeploy:CreateDeployment");
  });
});

describe("a run that was killed, or cut off", () => {
  const underWay = () => ({
    id: "d-1",
    group: "orders-dev",
    description: "sluice 2 orders:live",
    from: "1",
    to: "2",
    looks: 0,
    status: "InProgress",
  });

  function published(): FakeFunction {
    const made = provisioned();
    made.latest = { ...made.latest, CodeSha256: sha("new"), RevisionId: "killed" };
    made.versions.push({ ...fakeFunction("orders", "new").latest, Version: "2" });
    return made;
  }

  it.each([{}, { "2": 0.1 }])("finds its deployment again, and waits for it: weights %j", async (weights) => {
    await start(published());
    aliasOf(target).weights = weights;
    double.deployments.push(underWay());
    const row = await run({ options: { waitSeconds: 5 } });
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(created()).toBe(0);
  });

  it.each(["reset-after", { status: 500, body: "{}" }] as const)(
    "makes no second one when the answer was lost: %j",
    async (fault) => {
      await start();
      double.fault = (operation, nth) => {
        if (operation !== "CreateDeployment") return undefined;
        if (fault === "reset-after") return nth === 1 ? fault : undefined;
        double.deployments.push(underWay());
        return fault;
      };
      const row = await run();
      expect(row).toMatchObject({ outcome: "updated", version: "2" });
      expect(double.deployments).toHaveLength(1);
      expect(created()).toBe(1);
    },
  );

  it("leaves CodeDeploy going when it is interrupted, and says so", async () => {
    await start();
    const controller = new AbortController();
    double.play = ({ looks }) => {
      if (looks === 2) controller.abort(interrupted("SIGINT"));
      return { status: "InProgress" };
    };
    const { signal } = controller;
    const sleep = async (): Promise<void> => signal.throwIfAborted();
    const row = await run({ context: { signal, sleep } });
    expect(row).toMatchObject({ outcome: "failed", version: "1", error: { code: "SLUICE_CODEDEPLOY_LEFT" } });
    expect(row.error?.message).toContain(
      "d-1 of function version 2 to orders in eu-west-1 goes on by itself",
    );
    expect(operations()).not.toContain("StopDeployment");
    double.play = () => ({ status: "Succeeded" });
    expect(await run()).toMatchObject({ outcome: "updated", version: "2" });
    expect(created()).toBe(1);
  });

  it("stops its deployment when the version does not pass its test any more", async () => {
    await start(Object.assign(published(), { answer: () => ({ error: "Unhandled", result: {} }) }));
    double.deployments.push(underWay());
    const tests = [{ kind: "invoke" as const, payload: {}, timeoutSeconds: 5 }];
    const row = await run({ environment: { tests } });
    expect(row).toMatchObject({ outcome: "failed", version: "1", rejectedVersion: "2" });
    expect(double.calls.at(-1)).toEqual({
      operation: "StopDeployment",
      input: { deploymentId: "d-1", autoRollbackEnabled: true },
    });
  });
});

describe("another deployment of the group", () => {
  const theirs = {
    id: "d-7",
    group: "orders-dev",
    description: "by hand",
    from: "1",
    to: "1",
    looks: 0,
    // Of another function: our alias has no weights by it.
    status: "Queued",
  };

  it("is waited for", async () => {
    await start();
    double.deployments.push({ ...theirs });
    let refused = 0;
    double.fault = (operation) => {
      if (operation === "CreateDeployment") refused += 1;
      const their = double.deployments[0];
      if (refused === 3 && their !== undefined) their.status = "Succeeded";
      return undefined;
    };
    double.play = ({ id, looks }) =>
      id === "d-7" ? undefined : { status: looks < 2 ? "InProgress" : "Succeeded" };
    const row = await run();
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(created()).toBe(3);
  });

  it("is not waited for without end", async () => {
    await start();
    double.deployments.push({ ...theirs });
    double.play = () => undefined;
    double.fault = (operation) =>
      operation === "CreateDeployment" ? refusal("DeploymentLimitExceededException") : undefined;
    const row = await run({ options: { waitSeconds: 20 } });
    expect(row).toMatchObject({ outcome: "failed", version: "1", error: { code: "SLUICE_CODEDEPLOY_BUSY" } });
    expect(row.durationMs).toBeLessThan(40_000);
  });
});
