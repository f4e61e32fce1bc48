import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  awsError,
  type FakeFunction,
  type FakeLambda,
  fakeFunction,
  fakeLambda,
  publishNow,
  sha,
  withAlias,
} from "../testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, race, type Scene, strategyOn } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const aliased = (): FakeFunction => withAlias(fakeFunction("orders", "old"), "live");

const count = (fake: FakeLambda, operation: string): number =>
  fake.log.filter((one) => one === operation).length;

describe("an answer that was lost", () => {
  it.each(["ServiceException", "PreconditionFailedException", "ResourceConflictException"])(
    "is found again by its digest, when it shows as %s: one version, alias moved",
    async (name) => {
      const target = aliased();
      const fake = fakeLambda(target);
      fake.after = (operation) => (operation === "UpdateFunctionCode" ? awsError(name, 500) : undefined);
      const row = await race(scene, fake, () => undefined);
      expect(row).toMatchObject({ outcome: "updated", version: "2" });
      expect(count(fake, "UpdateFunctionCode")).toBe(1);
      expect(target.versions).toHaveLength(2);
      expect(target.aliases.get("live")?.version).toBe("2");
    },
  );

  it("is a failure when the update never arrived; it is not sent again", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const reset = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    fake.before = (operation) => (operation === "UpdateFunctionCode" ? reset : undefined);
    const row = await race(scene, fake, () => undefined);
    expect(row.outcome).toBe("failed");
    expect(row.error?.message).toContain("ECONNRESET");
    expect(fake.log).toEqual(["UpdateFunctionCode", "GetFunction"]);
    expect(target.latest.CodeSha256).toBe(sha("old"));
  });

  it("of the alias is found again too", async () => {
    const target = aliased();
    target.latest = { ...target.latest, CodeSha256: sha("new") };
    publishNow(target);
    const fake = fakeLambda(target);
    fake.after = (operation) =>
      operation === "UpdateAlias" ? awsError("PreconditionFailedException", 412) : undefined;
    const row = await race(scene, fake, () => undefined);
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(count(fake, "UpdateAlias")).toBe(1);
  });
});

describe("a run that ends at any call", () => {
  it.each([{}, { describeVersions: true }])("is completed by the next one: %j", async (options) => {
    let broken = 0;
    for (const moment of ["before", "after"] as const) {
      for (let k = 1; k <= 8; k += 1) {
        const target = aliased();
        const fake = fakeLambda(target);
        // Every call from the k-th on fails: the process is gone.
        fake[moment] = () => (fake.log.length >= k ? awsError("Gone", 400) : undefined);
        const input = scene.input([await scene.artifact("orders", "new")], { alias: "live" });
        const first = await deploy(strategyOn(fake, options), input, clockedContext(scene.folder));
        if (first.rows[0]?.outcome !== "updated") broken += 1;
        fake[moment] = () => undefined;
        const { rows } = await deploy(strategyOn(fake, options), input, clockedContext(scene.folder));
        expect(["updated", "unchanged"], `${moment} ${k}`).toContain(rows[0]?.outcome);
        const version = target.versions.find(
          ({ Version }) => Version === target.aliases.get("live")?.version,
        );
        expect([version?.CodeSha256, target.latest.CodeSha256]).toEqual([sha("new"), sha("new")]);
        expect(target.versions.filter(({ CodeSha256 }) => CodeSha256 === sha("new"))).toHaveLength(1);
      }
    }
    expect(broken).toBeGreaterThanOrEqual(10);
  });
});
