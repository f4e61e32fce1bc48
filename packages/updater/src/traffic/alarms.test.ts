import { afterAll, beforeAll, expect, it } from "vitest";
import { fakeLambda } from "../testing/fake-lambda.ts";
import { type AlarmStates, CANARY, doorWith, provisioned } from "../testing/rollouts.ts";
import { clockedContext, deploy, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

it("asks for the alarms of many rollouts together", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `fn-${index}`);
  const states: AlarmStates = new Map(names.map((name) => [`${name}-errors`, "OK"]));
  const asked: number[] = [];
  const alarms = {
    states: async (wanted: readonly string[]) => {
      asked.push(wanted.length);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return states;
    },
  };
  const fake = fakeLambda(...names.map((name) => provisioned(name)));
  const artifacts = await Promise.all(names.map((name) => scene.artifact(name, "new")));
  const traffic = { ...CANARY, pauseSeconds: 2, alarms: ["{target}-errors"] };
  const input = scene.input(artifacts, { alias: "live", traffic });
  const real = { now: () => Date.now() };
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const context = { ...clockedContext(scene.folder, real), sleep };
  const { rows } = await deploy(updateExisting({}, doorWith(fake, { alarms })), input, context);
  expect(rows.map(({ outcome }) => outcome)).toEqual(names.map(() => "updated"));
  // Alone, each would have asked five times or more.
  expect(asked.length).toBeLessThan(40);
  expect(asked.at(-1)).toBe(40);
}, 60_000);
