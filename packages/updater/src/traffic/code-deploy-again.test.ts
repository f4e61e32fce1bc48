import { interrupted } from "@sluice/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CodeDeployDouble, refusal, startCodeDeploy } from "../testing/code-deploy-double.ts";
import { type CodeDeployGiven, codeDeployRun } from "../testing/code-deploy-run.ts";
import { type FakeFunction, fakeFunction, sha } from "../testing/fake-lambda.ts";
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
const created = (): number => operations().filter((one) => one === "CreateDeployment").length;

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
