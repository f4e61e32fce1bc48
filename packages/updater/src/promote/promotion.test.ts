import { type CommitEntry, openDeployments, openStore } from "@sluice/artifact";
import type { Artifact, ResolvedEnvironment } from "@sluice/core";
import { beforeEach, expect, it } from "vitest";
import { fakeFunction, fakeLambda } from "../testing/fake-lambda.ts";
import { recordOf } from "../testing/records.ts";
import { clockedContext, doorTo, openScene, type Scene } from "../testing/scene.ts";
import { findPromotion, type Promotion } from "./promotion.ts";

const commit = "c".repeat(40);
const image = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/mail@sha256:${"a".repeat(64)}`;

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  return () => scene.dispose();
});

const options = () => ({ root: scene.folder, objects: () => ({}) as never });
const kept = (name: string, text: string): Promise<Artifact> =>
  scene.artifact(name, text, { unzippedBytes: 0 });

const entryOf = (
  artifact: Pick<Artifact, "function" | "manifest">,
  more: Partial<CommitEntry> = {},
): CommitEntry => ({
  function: artifact.function,
  target: artifact.function,
  region: "eu-west-1",
  digest: artifact.manifest.digest,
  version: "2",
  at: "2026-11-20T10:00:00.000Z",
  image: null,
  layers: [],
  ...more,
});

function promote(
  names: readonly string[],
  from: Partial<ResolvedEnvironment> = {},
  inProd: readonly string[] = names,
): Promise<Promotion> {
  const staging = scene.input([], { name: "staging", store: "store", ...from });
  const prod = scene.input([], { name: "prod", store: "store" });
  const functions = names.map((name) => ({ name, architectureDeclared: false })) as never;
  const input = {
    config: { ...staging.config, functions },
    from: staging.environment,
    to: prod.environment,
    functions: names,
    ref: { ...staging.ref, commit },
  };
  const fake = fakeLambda(...inProd.map((name) => fakeFunction(name, "old")));
  return findPromotion(input, clockedContext(scene.folder), doorTo(fake));
}

it("takes functions with their layers, and images by their digest, as they were recorded", async () => {
  const store = openStore("store", options());
  const orders = await kept("orders", "code");
  const layer = await kept("layer-shared", "packages");
  await store.put(orders);
  await store.put(layer);
  const layers = [{ layer: "shared", digest: layer.manifest.digest }];
  const mail = {
    function: "mail",
    manifest: { ...orders.manifest, digest: `sha256:${"a".repeat(64)}` as const },
  };
  const entries = [entryOf(orders, { layers }), entryOf(mail, { image })];
  await openDeployments("store", options()).writeCommit("staging", commit, entries);
  const { artifacts, reason, notice } = await promote(["orders", "mail"]);
  expect([reason, notice]).toEqual(["Promotes what staging has had for this commit.", null]);
  expect(artifacts).toMatchObject([
    {
      function: "orders",
      manifest: orders.manifest,
      stored: { bucket: null },
      layers: [{ layer: "shared", function: "layer-shared", manifest: layer.manifest }],
    },
    { function: "mail", path: "", image, manifest: { digest: `sha256:${"a".repeat(64)}` } },
  ]);
});

it("refuses where a function is missing, differs between regions, or is not kept", async () => {
  const deployments = openDeployments("store", options());
  const [orders, other] = await Promise.all([kept("orders", "code"), kept("orders", "other")]);
  await deployments.writeCommit("staging", commit, [entryOf(orders)]);
  const refused = (message: string) => ({
    code: "SLUICE_PROMOTION_NOT_FOUND",
    exitCode: 3,
    message: expect.stringContaining(message),
  });
  await expect(promote(["orders", "mail"])).rejects.toMatchObject(refused("for mail"));
  await expect(promote(["orders"])).rejects.toMatchObject(refused("does not keep"));
  await deployments.writeCommit("staging", commit, [entryOf(other, { region: "us-east-1" })]);
  await expect(promote(["orders"])).rejects.toMatchObject(refused("not the same everywhere"));
});

it("leaves out what exists neither before nor after: code may come before infrastructure", async () => {
  const orders = await kept("orders", "code");
  await openStore("store", options()).put(orders);
  await openDeployments("store", options()).writeCommit("staging", commit, [entryOf(orders)]);
  const { artifacts, absent } = await promote(["orders", "mail"], {}, ["orders"]);
  expect(artifacts.map((artifact) => artifact.function)).toEqual(["orders"]);
  expect(absent).toMatchObject([{ function: "mail", target: "mail", region: "eu-west-1" }]);
  await expect(promote(["mail"], {}, [])).rejects.toMatchObject({ code: "SLUICE_PROMOTION_NOT_FOUND" });
});

it("refuses what some region has turned away, or never had, and does not miss it where the function is not", async () => {
  const orders = await kept("orders", "code");
  await openStore("store", options()).put(orders);
  const deployments = openDeployments("store", options());
  await deployments.writeCommit("staging", commit, [entryOf(orders)]);
  const regions = { regions: ["eu-west-1", "us-east-1"] };
  expect((await promote(["orders"], regions)).artifacts).toHaveLength(1);
  const elsewhere = { environment: "staging", region: "us-east-1" };
  await deployments.write(recordOf("older", elsewhere));
  await expect(promote(["orders"], regions)).rejects.toMatchObject({
    code: "SLUICE_PROMOTION_NOT_FOUND",
    message: expect.stringContaining("orders in us-east-1 has not had it"),
  });
  const { digest, codeSha256 } = orders.manifest;
  const rejected = { outcome: "rejected", at: "2026-11-20T12:00:00.000Z", digest, codeSha256 } as const;
  await deployments.write(recordOf("", { ...elsewhere, ...rejected }));
  await expect(promote(["orders"], regions)).rejects.toMatchObject({
    code: "SLUICE_PROMOTION_REJECTED",
    message: expect.stringContaining("rejected by its test or its rollout in us-east-1"),
  });
});

it("needs a commit", async () => {
  const staging = scene.input([], { name: "staging", store: "store" });
  const { config, environment, ref } = staging;
  const input = { config, from: environment, to: environment, functions: ["orders"], ref };
  await expect(
    findPromotion(input, clockedContext(scene.folder), doorTo(fakeLambda())),
  ).rejects.toMatchObject({
    code: "SLUICE_PROMOTION_NO_COMMIT",
  });
});
