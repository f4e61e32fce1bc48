import { afterAll, beforeAll, expect, it } from "vitest";
import { fakeFunction, fakeLambda, withAlias } from "./testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene, strategyOn } from "./testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

it("polls early, then ever later, up to five seconds", async () => {
  const fake = fakeLambda(withAlias(fakeFunction("a", "old"), "live"));
  fake.busyReads = 10;
  const context = clockedContext(scene.folder);
  const input = scene.input([await scene.artifact("a", "new")], { alias: "live" });
  const { rows } = await deploy(strategyOn(fake), input, context);
  expect(rows[0]?.outcome).toBe("updated");
  expect(context.slept.map(Math.round)).toEqual([600, 900, 1350, 2025, 3038, 4556, 5000, 5000, 5000, 5000]);
});

it("allows the time that was asked for, and no more", async () => {
  const fake = fakeLambda(withAlias(fakeFunction("a", "old"), "live"));
  fake.busyReads = Number.POSITIVE_INFINITY;
  const context = clockedContext(scene.folder);
  const input = scene.input([await scene.artifact("a", "new")], { alias: "live" });
  const { rows } = await deploy(strategyOn(fake, { waitSeconds: 2 }), input, context);
  expect(rows[0]?.error?.code).toBe("SLUICE_UPDATE_TIMEOUT");
  expect(context.slept).toEqual([600, 900, 500]);
});
