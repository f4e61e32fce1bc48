import { isSluiceError, type ResolvedEnvironment } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulated, openEmulated, zipOf } from "../testing/emulated.ts";
import { fakeFunction, fakeLambda } from "../testing/fake-lambda.ts";
import { clockedContext, openScene, type Scene, strategyOn } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
let emulated: Emulated;

beforeAll(async () => {
  [scene, emulated] = await Promise.all([openScene(), openEmulated()]);
}, 180_000);
afterAll(async () => {
  await emulated.stop();
  await scene.dispose();
});

const ARN = "arn:aws:lambda:eu-west-1:111111111111:function:{function}";

/** What planning came to: the error, or the actions. */
async function planned(environment: Partial<ResolvedEnvironment>) {
  const artifact = await scene.artifact("elsewhere", await zipOf("new"));
  const context = emulated.context(scene.folder);
  const input = scene.input([artifact], environment);
  const planning = async () => (await updateExisting().plan(input, context)) ?? [];
  return planning().then(
    (changes) => changes.map(({ action }) => action),
    (error: unknown) => (isSluiceError(error) ? error.problems[0] : error),
  );
}

it("refuses an ARN of another account than the role's", async () => {
  await emulated.createFunction("elsewhere", await zipOf("old"));
  const role = "arn:aws:iam::222222222222:role/deploy";
  expect(await planned({ role, nameTemplate: ARN })).toMatchObject({
    code: "SLUICE_TARGET_ELSEWHERE",
    kind: "usage",
    message: expect.stringContaining("the role's account 222222222222, which is this environment's"),
  });
  expect(await planned({ role: role.replaceAll("2", "1"), nameTemplate: ARN })).toEqual(["update"]);
  expect(await planned({ nameTemplate: ARN })).toEqual(["update"]);
});

it("refuses an ARN of another account than the credentials', where AWS finds no such function", async () => {
  const nameTemplate = ARN.replace("111111111111", "222222222222");
  expect(await planned({ nameTemplate })).toMatchObject({
    code: "SLUICE_TARGET_ELSEWHERE",
    message: expect.stringContaining("the credentials' account 111111111111"),
  });
  expect(await planned({ nameTemplate: `${ARN}-gone` })).toEqual(["absent"]);
});

it("refuses when AWS answers with a function of another account", async () => {
  const fake = fakeLambda(fakeFunction("orders", "old"));
  const nameTemplate = "arn:aws:lambda:eu-west-1:333333333333:function:orders";
  const input = scene.input([await scene.artifact("orders", "new")], { nameTemplate });
  const planning = async () => strategyOn(fake).plan(input, clockedContext(scene.folder));
  await expect(planning()).rejects.toMatchObject({
    code: "SLUICE_TARGET_ELSEWHERE",
    message: expect.stringContaining("111111111111"),
  });
  expect(fake.log).toEqual(["GetFunction"]);
});

it("refuses one bucket for several regions before anything is asked, and takes a folder for them", async () => {
  const regions = ["eu-west-1", "us-east-1"];
  expect(await planned({ regions, store: "s3://bucket/releases" })).toMatchObject({
    code: "SLUICE_STORE_ONE_REGION",
    kind: "usage",
    where: "environments.dev.store",
  });
  expect(await planned({ regions, store: "store" })).toEqual(["update", "absent"]);
});
