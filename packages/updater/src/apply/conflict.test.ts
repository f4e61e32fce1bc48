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
import { openScene, race, type Scene } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

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
    const row = await race(scene, fake, () => bring(target, "theirs"));
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
    const row = await race(scene, fake, () => {
      bring(target, "new");
      publishNow(target);
    });
    expect(row).toMatchObject({ outcome: "updated", version: "2", reason: "the code was there already" });
    expect(fake.log).toEqual([
      ...["UpdateFunctionCode", "GetFunction", "ListVersionsByFunction", "GetFunction"],
      "UpdateAlias",
    ]);
    expect(target.versions).toHaveLength(2);
  });

  it("leaves the alias alone when the other has moved it there already", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const row = await race(scene, fake, () => {
      bring(target, "new");
      publishNow(target);
      target.aliases.set("live", { version: "2", revision: "x" });
    });
    expect(row.outcome).toBe("updated");
    expect(target.aliases.get("live")).toEqual({ version: "2", revision: "x" });
  });

  it("is no conflict when it changed the configuration alone, and the artifact still fits", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const row = await race(scene, fake, () => {
      target.latest = { ...target.latest, RevisionId: "after-terraform" };
    });
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(count(fake, "UpdateFunctionCode")).toBe(2);
  });

  it("is a conflict when the artifact does not fit the new configuration", async () => {
    const target = aliased();
    const row = await race(scene, fakeLambda(target), () => {
      target.latest = { ...target.latest, RevisionId: "after-terraform", Handler: "app.main" };
    });
    expect(row.outcome).toBe("conflict");
    expect(target.latest.CodeSha256).toBe(sha("old"));
  });

  it("is waited for when its update is under way, then decided anew", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const row = await race(scene, fake, () => {
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
    const row = await race(scene, fake, () => undefined);
    expect(row.outcome).toBe("conflict");
    expect(row.error?.message).toContain("ResourceConflictException");
    expect(count(fake, "UpdateFunctionCode")).toBe(2);
  });

  it("is a conflict when it moved the alias since planning, however quick this one was", async () => {
    for (const theirs of [{ version: "9" }, { version: "1", description: "there and back" }]) {
      const target = aliased();
      const fake = fakeLambda(target);
      const row = await race(scene, fake, () => {
        target.aliases.set("live", { revision: "theirs", ...theirs });
      });
      expect(row).toMatchObject({
        outcome: "conflict",
        version: "1",
        error: { code: "SLUICE_TARGET_CONFLICT" },
      });
      expect(row.error?.message).toContain(`alias live now stands on ${theirs.version}`);
      expect(target.aliases.get("live")).toEqual({ revision: "theirs", ...theirs });
    }
  });

  it("with records: is a conflict when it moved the alias while this one had to look twice", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    fake.busyReads = 3;
    let polls = 0;
    fake.before = (operation) => {
      if (operation === "GetFunction") polls += 1;
      if (operation === "GetAlias") target.aliases.set("live", { version: "9", revision: "theirs" });
      return undefined;
    };
    const meanwhile = (): void => {
      polls = 0;
    };
    const row = await race(scene, fake, meanwhile, {}, { store: "looked-twice" });
    expect(polls).toBe(3);
    expect(row).toMatchObject({ outcome: "conflict", error: { code: "SLUICE_TARGET_CONFLICT" } });
    expect(row.error?.message).toContain("alias live now stands on 9");
    expect(count(fake, "UpdateAlias")).toBe(0);
  });

  it("is a conflict when it moved the alias between the look at it and the move", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    fake.busyReads = 3;
    fake.before = (operation) => {
      if (operation === "UpdateAlias") target.aliases.set("live", { version: "9", revision: "theirs" });
      return undefined;
    };
    const row = await race(scene, fake, () => undefined);
    expect(row).toMatchObject({ outcome: "conflict", version: "1" });
    expect(target.aliases.get("live")?.version).toBe("9");
  });

  it("that deleted the function makes it absent", async () => {
    const fake = fakeLambda(aliased());
    const row = await race(scene, fake, () => fake.functions.clear());
    expect(row).toMatchObject({ outcome: "absent", error: null });
  });

  it("that deleted the alias makes it failed, and says which version is ready", async () => {
    const target = aliased();
    const row = await race(scene, fakeLambda(target), () => target.aliases.clear());
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
    const row = await race(scene, fake, () => undefined, { describeVersions: true });
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
    const row = await race(scene, fake, () => undefined, { describeVersions: true });
    expect(row.outcome).toBe("conflict");
    expect(target.versions).toHaveLength(1);
  });
});

describe("an update under way at planning", () => {
  it("is waited for, and gone on from when it brought no other code", async () => {
    const target = aliased();
    target.busyReads = 4;
    const fake = fakeLambda(target);
    const row = await race(scene, fake, () => undefined);
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(fake.log.slice(0, 3)).toEqual(["GetFunction", "GetFunction", "UpdateFunctionCode"]);
  });

  it("is a conflict when it brought other code", async () => {
    const target = aliased();
    target.busyReads = 4;
    const fake = fakeLambda(target);
    const row = await race(scene, fake, () => bring(target, "theirs"));
    expect(row.outcome).toBe("conflict");
    expect(count(fake, "UpdateFunctionCode")).toBe(0);
  });

  it("is not waited for without end", async () => {
    const target = aliased();
    target.busyReads = Number.POSITIVE_INFINITY;
    const fake = fakeLambda(target);
    const row = await race(scene, fake, () => undefined);
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_UPDATE_TIMEOUT" } });
    expect(row.durationMs).toBe(300_000);
    // 0.6 s, then half as much again each time, up to 5 s.
    expect(count(fake, "GetFunction")).toBeLessThan(70);
  });
});
