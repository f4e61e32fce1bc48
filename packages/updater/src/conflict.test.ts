import type { TargetReport } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UpdateExistingOptions } from "./settings.ts";
import {
  awsError,
  type FakeFunction,
  type FakeLambda,
  fakeFunction,
  fakeLambda,
  publishNow,
  sha,
  withAlias,
} from "./testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene, strategyOn } from "./testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

/** Plans, lets `meanwhile` happen, and applies. */
async function race(
  fake: FakeLambda,
  meanwhile: () => void,
  options: UpdateExistingOptions = {},
): Promise<TargetReport> {
  const input = scene.input([await scene.artifact("orders", "new")], { alias: "live" });
  const context = clockedContext(scene.folder);
  const strategy = strategyOn(fake, options);
  const changes = (await strategy.plan(input, context)) ?? [];
  fake.log.length = 0;
  meanwhile();
  const [row] = await strategy.apply({ ...input, changes }, context);
  if (row === undefined) throw new Error("no row");
  return row;
}

const aliased = (): FakeFunction => withAlias(fakeFunction("orders", "old"), "live");

function bring(target: FakeFunction, code: string): void {
  target.latest = { ...target.latest, CodeSha256: sha(code), RevisionId: `another-${code}` };
}

const count = (fake: FakeLambda, operation: string): number =>
  fake.log.filter((one) => one === operation).length;

describe("another run meanwhile", () => {
  it("is a conflict when it brought other code, which is named", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const row = await race(fake, () => bring(target, "theirs"));
    expect(row).toMatchObject({
      outcome: "conflict",
      version: "1",
      error: { code: "SLUICE_TARGET_CONFLICT" },
    });
    expect(row.error?.message).toContain(sha("theirs"));
    expect(row.error?.message).toContain("2026-11-01");
    expect(fake.log).toEqual(["UpdateFunctionCode", "GetFunction"]);
    expect(target.latest.CodeSha256).toBe(sha("theirs"));
    expect(target.aliases.get("live")?.version).toBe("1");
  });

  it("is gone on with when it brought the same code: nothing is published twice", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const row = await race(fake, () => {
      bring(target, "new");
      publishNow(target);
    });
    expect(row).toMatchObject({ outcome: "updated", version: "2", reason: "the code was there already" });
    expect(fake.log).toEqual([
      ...["UpdateFunctionCode", "GetFunction", "ListVersionsByFunction", "GetFunction"],
      ...["GetAlias", "UpdateAlias"],
    ]);
    expect(target.versions).toHaveLength(2);
  });

  it("leaves the alias alone when the other has moved it there already", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const row = await race(fake, () => {
      bring(target, "new");
      publishNow(target);
      target.aliases.set("live", { version: "2", revision: "x" });
    });
    expect(row.outcome).toBe("updated");
    expect(count(fake, "UpdateAlias")).toBe(0);
  });

  it("is no conflict when it changed the configuration alone, and the artifact still fits", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const row = await race(fake, () => {
      target.latest = { ...target.latest, RevisionId: "after-terraform" };
    });
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(count(fake, "UpdateFunctionCode")).toBe(2);
  });

  it("is a conflict when the artifact does not fit the new configuration", async () => {
    const target = aliased();
    const row = await race(fakeLambda(target), () => {
      target.latest = { ...target.latest, RevisionId: "after-terraform", Handler: "app.main" };
    });
    expect(row.outcome).toBe("conflict");
    expect(target.latest.CodeSha256).toBe(sha("old"));
  });

  it("is waited for when its update is under way, then decided anew", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const row = await race(fake, () => {
      target.busyReads = 3;
      target.latest = { ...target.latest, LastUpdateStatus: "InProgress" };
    });
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(fake.log.slice(0, 5)).toEqual([
      ...["UpdateFunctionCode", "GetFunction", "GetFunction", "GetFunction", "UpdateFunctionCode"],
    ]);
  });

  it("is a conflict when there is always another update under way", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    fake.before = (operation) =>
      operation === "UpdateFunctionCode" ? awsError("ResourceConflictException", 409) : undefined;
    const row = await race(fake, () => undefined);
    expect(row.outcome).toBe("conflict");
    expect(count(fake, "UpdateFunctionCode")).toBe(2);
  });

  it("is a conflict when it moved the alias while this one had to look twice", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    fake.busyReads = 3;
    let polls = 0;
    fake.before = (operation) => {
      if (operation === "GetFunction") polls += 1;
      if (operation === "GetAlias") target.aliases.set("live", { version: "9", revision: "theirs" });
      return undefined;
    };
    const row = await race(fake, () => {
      polls = 0;
    });
    expect(polls).toBe(3);
    expect(row).toMatchObject({ outcome: "conflict", error: { code: "SLUICE_TARGET_CONFLICT" } });
    expect(row.error?.message).toContain("alias live now stands on 9");
    expect(count(fake, "UpdateAlias")).toBe(0);
  });

  it("that deleted the function makes it absent", async () => {
    const fake = fakeLambda(aliased());
    const row = await race(fake, () => fake.functions.clear());
    expect(row).toMatchObject({ outcome: "absent", error: null });
  });

  it("that deleted the alias makes it failed, and says which version is ready", async () => {
    const target = aliased();
    const row = await race(fakeLambda(target), () => target.aliases.clear());
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_ALIAS_VANISHED" } });
    expect(row.error?.message).toContain("version 2");
  });

  it("that published the same code first is found when publishing is a step of its own", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    fake.before = (operation) => {
      if (operation !== "PublishVersion") return undefined;
      publishNow(target);
      return awsError("PreconditionFailedException", 412);
    };
    const row = await race(fake, () => undefined, { describeVersions: true });
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(target.versions).toHaveLength(2);
  });

  it("that brought other code before publishing is a conflict: its code is not published as ours", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    fake.before = (operation) => {
      if (operation === "PublishVersion") bring(target, "theirs");
      return undefined;
    };
    const row = await race(fake, () => undefined, { describeVersions: true });
    expect(row.outcome).toBe("conflict");
    expect(target.versions).toHaveLength(1);
  });
});

describe("an update under way at planning", () => {
  it("is waited for, and gone on from when it brought no other code", async () => {
    const target = aliased();
    target.busyReads = 4;
    const fake = fakeLambda(target);
    const row = await race(fake, () => undefined);
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(fake.log.slice(0, 3)).toEqual(["GetFunction", "GetFunction", "UpdateFunctionCode"]);
  });

  it("is a conflict when it brought other code", async () => {
    const target = aliased();
    target.busyReads = 4;
    const fake = fakeLambda(target);
    const row = await race(fake, () => bring(target, "theirs"));
    expect(row.outcome).toBe("conflict");
    expect(count(fake, "UpdateFunctionCode")).toBe(0);
  });

  it("is not waited for without end", async () => {
    const target = aliased();
    target.busyReads = Number.POSITIVE_INFINITY;
    const fake = fakeLambda(target);
    const row = await race(fake, () => undefined);
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_UPDATE_TIMEOUT" } });
    expect(row.durationMs).toBe(300_000);
    // 0.5 s, then half as much again each time, up to 5 s.
    expect(count(fake, "GetFunction")).toBeLessThan(70);
  });
});

describe("an answer that was lost", () => {
  it.each(["ServiceException", "PreconditionFailedException", "ResourceConflictException"])(
    "is found again by its digest, when it shows as %s: one version, alias moved",
    async (name) => {
      const target = aliased();
      const fake = fakeLambda(target);
      fake.after = (operation) => (operation === "UpdateFunctionCode" ? awsError(name, 500) : undefined);
      const row = await race(fake, () => undefined);
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
    const row = await race(fake, () => undefined);
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
    const row = await race(fake, () => undefined);
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
