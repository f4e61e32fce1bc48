import { interrupted } from "@sluice/core";
import { type Fault, type ProxiedCall, startProxy } from "@sluice/test-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulated, openEmulated, zipOf } from "../testing/emulated.ts";
import { fakeFunction, fakeLambda, withAlias } from "../testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene, strategyOn } from "../testing/scene.ts";
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

const THROTTLED: Fault = {
  status: 429,
  headers: { "x-amzn-errortype": "TooManyRequestsException" },
  body: '{"__type":"TooManyRequestsException","message":"Rate exceeded"}',
};

/** Breaks calls once the code was updated, and interrupts the run at the first that is broken. */
async function interruptedAt(name: string, broken: (call: ProxiedCall) => Fault | null) {
  await emulated.createFunction(name, await zipOf("old"));
  await emulated.createAlias(name, "live");
  const artifact = await scene.artifact(name, await zipOf("new"));
  const controller = new AbortController();
  let written = false;
  const proxy = await startProxy(emulated.endpoint, {
    intercept: (call) => {
      const fault = written ? broken(call) : null;
      written ||= call.operation === "UpdateFunctionCode";
      if (fault !== null) controller.abort(interrupted("SIGINT"));
      return fault;
    },
  });
  const { env } = emulated.context(scene.folder, { endpoint: proxy.endpoint });
  const { signal } = controller;
  const base = emulated.context(scene.folder);
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
  try {
    const { rows } = await deploy(updateExisting(), scene.input([artifact], { alias: "live" }), {
      ...base,
      env,
      signal,
      sleep,
    });
    return { row: rows[0], calls: proxy.calls.length };
  } finally {
    await proxy.stop();
  }
}

it("ends and reports when the endpoint is gone after the update", async () => {
  const { row, calls } = await interruptedAt("int-dead", () => ({ reset: "before" }));
  expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_AWS_NO_ANSWER" } });
  expect(calls).toBeLessThan(10);
}, 30_000);

it("ends and reports when AWS throttles the alias's move", async () => {
  const { row, calls } = await interruptedAt("int-throttled", ({ operation }) =>
    operation === "UpdateAlias" ? THROTTLED : null,
  );
  expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_AWS_THROTTLED" } });
  expect(calls).toBeLessThan(10);
}, 30_000);

it("does not wait for its turn for ever", async () => {
  const fake = fakeLambda(withAlias(fakeFunction("a", "old"), "live"));
  Object.assign(fake.api, {
    updateAlias: () => Promise.reject(interrupted("SIGINT")),
  });
  const input = scene.input([await scene.artifact("a", "new")], { alias: "live" });
  const { rows } = await deploy(strategyOn(fake), input, clockedContext(scene.folder));
  expect(rows[0]).toMatchObject({ outcome: "failed", error: { code: "SLUICE_UPDATE_INTERRUPTED" } });
}, 20_000);
