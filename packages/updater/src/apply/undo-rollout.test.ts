import { afterAll, beforeAll, expect, it } from "vitest";
import { fakeFunction, fakeLambda, publishNow, sha, withAlias } from "../testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene, strategyOn } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const traffic = { kind: "steps", steps: [10], pauseSeconds: 1, alarms: [], tests: null } as const;

/** A rollout of version 2 that was killed at 10 %, and the commit of version 1 deployed again. */
async function afterRevert(description: string) {
  const target = withAlias(fakeFunction("orders", "reverted"), "live");
  target.latest = { ...target.latest, CodeSha256: sha("bad") };
  publishNow(target);
  const alias = target.aliases.get("live");
  if (alias === undefined) throw new Error("no alias");
  Object.assign(alias, { weights: { "2": 0.1 }, description });
  const fake = fakeLambda(target);
  const input = scene.input([await scene.artifact("orders", "reverted")], { alias: "live", traffic });
  const run = () => deploy(strategyOn(fake), input, clockedContext(scene.folder));
  return { target, alias, fake, run };
}

it("callers have the code, but for those of a killed rollout: it is undone, and nothing is sent or published", async () => {
  const { target, alias, fake, run } = await afterRevert("1.4.0 · rollout 2 10%");
  const { rows, changes } = await run();
  expect(changes[0]).toMatchObject({
    action: "move-alias",
    reason: expect.stringContaining("the rollout of 2 stands at 10 %: it is undone first"),
  });
  expect(rows[0]).toMatchObject({ outcome: "updated", version: "1", error: null });
  expect([alias.version, alias.weights]).toEqual(["1", {}]);
  expect(target.versions).toHaveLength(2);
  expect(fake.log).not.toContain("UpdateFunctionCode");
  expect(fake.log).not.toContain("PublishVersion");
  expect((await run()).rows[0]?.outcome).toBe("unchanged");
});

it("weights of others are left alone where callers have the code", async () => {
  const { alias, run } = await afterRevert("by hand");
  expect((await run()).rows[0]?.outcome).toBe("unchanged");
  expect(alias.weights).toEqual({ "2": 0.1 });
});
