import { isSluiceError, type ResolvedEnvironment } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScene, type Scene } from "../testing/scene.ts";
import { deliveries } from "./targets.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

async function targets(
  names: readonly string[],
  environment: Partial<ResolvedEnvironment>,
  regions = ["eu-west-1"],
) {
  const artifacts = await Promise.all(names.map((name) => scene.artifact(name, name)));
  return deliveries(scene.input(artifacts, environment), regions).map(({ target }) => target);
}

async function problems(...given: Parameters<typeof targets>): Promise<unknown> {
  return targets(...given).then(
    () => [],
    (error: unknown) => (isSluiceError(error) ? error.problems.map(({ code }) => code) : error),
  );
}

describe("deliveries", () => {
  it("makes one for every artifact and region, a region that is named twice once", async () => {
    const found = await targets(["a", "b"], { nameTemplate: "{function}-x" }, [
      "eu-west-1",
      "us-east-1",
      "eu-west-1",
    ]);
    expect(found.map(({ target, region }) => `${target} ${region}`)).toEqual([
      "a-x eu-west-1",
      "b-x eu-west-1",
      "a-x us-east-1",
      "b-x us-east-1",
    ]);
  });

  it("refuses two functions that come to one name, once for all regions, also by name and ARN", async () => {
    expect(await problems(["a", "b"], { nameTemplate: "same" })).toEqual(["SLUICE_TARGET_COLLISION"]);
    const arn = "arn:aws:lambda:eu-west-1:111111111111:function:same";
    expect(await problems(["a", "b"], { nameTemplate: arn })).toEqual(["SLUICE_TARGET_COLLISION"]);
  });

  it("shows every bad name at once", async () => {
    const codes = await problems(["good", "bad name", "x".repeat(65)], {});
    expect(codes).toEqual(["SLUICE_TARGET_NAME_INVALID", "SLUICE_TARGET_NAME_INVALID"]);
  });

  it("learns the account from an ARN, else from the environment", async () => {
    const arn = "arn:aws:lambda:eu-west-1:111111111111:function:a";
    expect((await targets(["a"], { nameTemplate: arn }))[0]?.account).toBe("111111111111");
    expect((await targets(["a"], { account: "222222222222" }))[0]?.account).toBe("222222222222");
    expect(await problems(["a"], { nameTemplate: arn }, ["us-east-1"])).toEqual(["SLUICE_TARGET_ELSEWHERE"]);
  });
});
