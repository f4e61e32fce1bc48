import { type Fault, type ProxiedCall, startProxy } from "@sluice/test-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulated, openEmulated, zipOf } from "../testing/emulated.ts";
import { deploy, openScene, type Scene } from "../testing/scene.ts";
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

const GONE: Fault = {
  status: 404,
  headers: { "x-amzn-errortype": "ResourceNotFoundException" },
  body: '{"__type":"ResourceNotFoundException","message":"Function not found"}',
};

async function deployed(name: string, broken: (call: ProxiedCall, written: boolean) => boolean) {
  await emulated.createFunction(name, await zipOf("old"));
  await emulated.createAlias(name, "live");
  const artifact = await scene.artifact(name, await zipOf("new"));
  let written = false;
  const proxy = await startProxy(emulated.endpoint, {
    intercept: (call) => {
      const fault = broken(call, written) ? GONE : null;
      written ||= call.operation === "UpdateFunctionCode";
      return fault;
    },
  });
  const context = emulated.context(scene.folder, { endpoint: proxy.endpoint });
  const input = scene.input([artifact], { alias: "live" });
  const { rows } = await deploy(updateExisting(), input, context).finally(() => proxy.stop());
  return rows[0];
}

it("does not take a function version that is not found for an absent function", async () => {
  const row = await deployed("version-gone", ({ operation, url }) =>
    operation === "GetFunction" ? /Qualifier=\d/.test(url) : false,
  );
  expect(row).toMatchObject({
    outcome: "failed",
    version: "1",
    error: { code: "SLUICE_VERSION_VANISHED" },
  });
});

it("does not call a function absent that was deleted after the update", async () => {
  const row = await deployed("deleted", (_, written) => written);
  expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_FUNCTION_VANISHED" } });
});

it("calls a function absent that was deleted before the update", async () => {
  let deleted = false;
  const row = await deployed("deleted-before", ({ operation }) => {
    deleted ||= operation === "UpdateFunctionCode";
    return deleted;
  });
  expect(row).toMatchObject({ outcome: "absent", reason: "deleted during this run", error: null });
});
