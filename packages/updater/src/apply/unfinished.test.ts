import { type Fault, type ProxiedCall, startProxy } from "@sluice/test-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { UpdateExistingOptions } from "../settings.ts";
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

const answering = (status: number, name: string): Fault => ({
  status,
  headers: { "x-amzn-errortype": name },
  body: JSON.stringify({ __type: name, message: "by the proxy" }),
});

interface Given extends UpdateExistingOptions {
  readonly alias?: string | null;
  readonly force?: boolean;
  readonly code?: string;
  readonly names?: readonly string[];
}

async function deployed(name: string, given: Given, intercept?: (call: ProxiedCall) => Fault | null) {
  const { alias = null, force = false, code = "new", names = [name], ...options } = given;
  const zip = await zipOf(code);
  const artifacts = await Promise.all(names.map((one) => scene.artifact(one, zip)));
  const proxy = await startProxy(emulated.endpoint, intercept === undefined ? {} : { intercept });
  const context = emulated.context(scene.folder, { endpoint: proxy.endpoint });
  const running = deploy(updateExisting(options), scene.input(artifacts, { alias }, force), context);
  return (await running.finally(() => proxy.stop())).rows;
}

it("publishes after all when the RevisionId alone was refused", async () => {
  await emulated.createFunction("refused-once", await zipOf("old"));
  await emulated.createAlias("refused-once", "live");
  let refused = 0;
  const [row] = await deployed("refused-once", { alias: "live", describeVersions: true }, ({ operation }) => {
    if (operation !== "PublishVersion") return null;
    refused += 1;
    return refused === 1 ? answering(412, "PreconditionFailedException") : null;
  });
  expect(row).toMatchObject({ outcome: "updated", version: "2", apiCalls: { PublishVersion: 2 } });
});

it.each([1, 3])(
  "publishes next time what was updated and not published, without an alias: %i",
  async (many) => {
    const names = Array.from({ length: many }, (_, index) => `unpublished-${many}-${index}`);
    for (const name of names) await emulated.createFunction(name, await zipOf("old"));
    const given = { describeVersions: true, names };
    const first = await deployed("", given, ({ operation }) =>
      operation === "PublishVersion" ? answering(403, "AccessDeniedException") : null,
    );
    for (const row of first) expect(row.outcome).toBe("failed");
    for (const row of await deployed("", given)) {
      expect(row).toMatchObject({ outcome: "updated", version: "1", reason: "this code is not published" });
      expect(row.apiCalls["UpdateFunctionCode"]).toBeUndefined();
    }
    for (const row of await deployed("", given)) {
      expect(row).toMatchObject({ outcome: "unchanged", apiCalls: { ListVersionsByFunction: 1 } });
    }
  },
);

it("does not take code that was there before for an update that failed", async () => {
  await emulated.createFunction("forced", await zipOf("same"));
  const given = { force: true, code: "same" };
  const [row] = await deployed("forced", given, ({ operation }) =>
    operation === "UpdateFunctionCode" ? answering(500, "ServiceException") : null,
  );
  expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_AWS_SERVICE" } });
  let refused = 0;
  const [again] = await deployed("forced", given, ({ operation }) => {
    if (operation !== "UpdateFunctionCode") return null;
    refused += 1;
    return refused === 1 ? answering(412, "PreconditionFailedException") : null;
  });
  expect(again).toMatchObject({ outcome: "updated", reason: "forced" });
}, 60_000);

it("finds a forced update whose answer was lost", async () => {
  await emulated.createFunction("forced-lost", await zipOf("same"));
  let lost = 0;
  const [row] = await deployed("forced-lost", { force: true, code: "same" }, ({ operation }) => {
    if (operation !== "UpdateFunctionCode") return null;
    lost += 1;
    return lost === 1 ? { reset: "after" } : null;
  });
  expect(row).toMatchObject({ outcome: "updated", version: "1", reason: "the code was there already" });
});
