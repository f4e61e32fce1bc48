import { afterAll, beforeAll, expect, it } from "vitest";
import { awsError, fakeFunction, fakeLambda, withAlias } from "../testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene, strategyOn } from "../testing/scene.ts";

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

it("takes a new version that is not found at once for late, and one that stays away for gone", async () => {
  for (const [misses, outcome, code] of [
    [2, "updated", undefined],
    [3, "failed", "SLUICE_VERSION_VANISHED"],
    [9, "failed", "SLUICE_FUNCTION_VANISHED"],
  ] as const) {
    const fake = fakeLambda(withAlias(fakeFunction("a", "old"), "live"));
    // The first two reads are the plan's.
    fake.before = (operation, nth) =>
      operation === "GetFunction" && nth > 2 && nth <= 2 + misses
        ? awsError("ResourceNotFoundException", 404)
        : undefined;
    const input = scene.input([await scene.artifact("a", "new")], { alias: "live" });
    const { rows } = await deploy(strategyOn(fake), input, clockedContext(scene.folder));
    expect([rows[0]?.outcome, rows[0]?.error?.code]).toEqual([outcome, code]);
  }
});
