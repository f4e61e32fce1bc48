import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeFunction, fakeLambda } from "../testing/fake-lambda.ts";
import { aliasOf, CANARY, provisioned, rollOutTo, rowOf } from "../testing/rollouts.ts";
import { clockedContext, openScene, type Scene } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

/** As CodeDeploy or a hand leaves it: weights, and no mark. */
function weighted(): FakeFunction {
  const target = provisioned();
  target.latest = { ...target.latest, CodeSha256: "theirs", RevisionId: "theirs" };
  target.versions.push({ ...target.latest, Version: "2", RevisionId: "second" });
  aliasOf(target).weights = { "2": 0.1 };
  return target;
}

describe("weights that another set", () => {
  it.each([CANARY, null])("are waited for before anything is written, then all goes on", async (traffic) => {
    const target = weighted();
    const fake = fakeLambda(target);
    let looks = 0;
    fake.before = (operation) => {
      if (operation === "GetAlias") looks += 1;
      if (looks === 5) Object.assign(aliasOf(target), { weights: {}, version: "2", revision: "codedeploy" });
      if (operation === "UpdateFunctionCode") expect(looks).toBeGreaterThanOrEqual(5);
      return undefined;
    };
    const context = clockedContext(scene.folder);
    const { rows, changes } = await rollOutTo(scene, fake, new Map(), { traffic, context });
    // Told once: a CI log would else say nothing for minutes.
    const told = context.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
    expect(told.filter((message) => message.includes("waits until alias live"))).toHaveLength(1);
    expect(changes[0]?.reason).toContain(
      "waits until the alias sends no more 10 % of its calls to version 2",
    );
    expect(rows[0]).toMatchObject({ outcome: "updated", version: "3" });
    expect(aliasOf(target)).toMatchObject({ version: "3", weights: {} });
  });

  it.each([CANARY, null])("that stay end in a clear error; nothing is overwritten", async (traffic) => {
    const target = weighted();
    const before = structuredClone(aliasOf(target));
    const fake = fakeLambda(target);
    const context = clockedContext(scene.folder);
    const row = await rowOf(
      rollOutTo(scene, fake, new Map(), { traffic, context, options: { waitSeconds: 60 } }),
    );
    expect(row).toMatchObject({ outcome: "failed", version: "1", error: { code: "SLUICE_ALIAS_WEIGHTED" } });
    expect(row.error?.message).toContain("still sends 10 % of its calls to version 2 after 60 s");
    expect(aliasOf(target)).toEqual(before);
    expect(fake.log).not.toContain("UpdateFunctionCode");
    expect(context.slept.reduce((sum, each) => sum + each, 0)).toBe(60_000);
    // One second at first, half as much again each time, up to ten.
    expect(context.slept.slice(0, 3)).toEqual([1_000, 1_500, 2_250]);
    expect(fake.log.filter((one) => one === "GetAlias").length).toBeLessThan(16);
  });

  it("and a move of the alias elsewhere are a conflict", async () => {
    const target = weighted();
    const fake = fakeLambda(target);
    let looks = 0;
    fake.before = (operation) => {
      if (operation === "GetAlias") looks += 1;
      if (looks === 3) Object.assign(aliasOf(target), { weights: {}, version: "9", revision: "theirs" });
      return undefined;
    };
    const row = await rowOf(rollOutTo(scene, fake, new Map()));
    expect(row).toMatchObject({ outcome: "conflict", error: { code: "SLUICE_TARGET_CONFLICT" } });
    expect(aliasOf(target).version).toBe("9");
  });

  it("that appear while this run is under way are waited for too", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    let looks = 0;
    fake.before = (operation) => {
      if (operation !== "GetAlias") return undefined;
      looks += 1;
      const now = aliasOf(target);
      if (looks === 2) Object.assign(now, { weights: { "7": 0.2 }, revision: "theirs" });
      if (looks === 4) Object.assign(now, { weights: {}, revision: "theirs again" });
      return undefined;
    };
    const row = await rowOf(rollOutTo(scene, fake, new Map()));
    expect(row).toMatchObject({ outcome: "updated", version: "2", apiCalls: { GetAlias: 4 } });
  });
});
