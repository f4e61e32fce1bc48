import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CodeDeployDouble, refusal, startCodeDeploy } from "../testing/code-deploy-double.ts";
import { BY_CODE_DEPLOY, type CodeDeployGiven, codeDeployRun } from "../testing/code-deploy-run.ts";
import type { FakeFunction } from "../testing/fake-lambda.ts";
import { aliasOf, provisioned } from "../testing/rollouts.ts";
import { openScene, type Scene } from "../testing/scene.ts";

let scene: Scene;
let double: CodeDeployDouble;
let target: FakeFunction;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());
afterEach(() => double.stop());

async function start(made: FakeFunction = provisioned()): Promise<void> {
  target = made;
  double = await startCodeDeploy(target);
}

const run = (given?: CodeDeployGiven) => codeDeployRun(scene, target, double, given);
const operations = (): string[] => double.calls.map(({ operation }) => operation);

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
    await run({ environment: { traffic: { ...BY_CODE_DEPLOY, config } } });
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
