import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsError, type FakeFunction, fakeFunction, fakeLambda, publishNow } from "../testing/fake-lambda.ts";
import { aliasOf, CANARY, type Given, rollOutTo, rowOf } from "../testing/rollouts.ts";
import { openScene, type Scene } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const CREATES: Given = { traffic: null, environment: { createAlias: true } };
const bare = (): FakeFunction => fakeFunction("orders", "old");
const run = (target: FakeFunction, given: Given = CREATES, fake = fakeLambda(target)) =>
  rowOf(rollOutTo(scene, fake, new Map(), given));

describe("a missing alias", () => {
  it("is created on the new version when it is ready, with a description; then all is unchanged", async () => {
    const target = bare();
    const fake = fakeLambda(target);
    const row = await run(target, CREATES, fake);
    expect(row).toMatchObject({ outcome: "updated", version: "1", reason: "alias live was created" });
    expect(fake.log.slice(-3)).toEqual(["UpdateFunctionCode", "GetFunction", "CreateAlias"]);
    expect(aliasOf(target).version).toBe("1");
    expect(aliasOf(target).description).toMatch(/^1\.4\.0 · 0123456789ab · sha256:/);
    expect(await run(target)).toMatchObject({ outcome: "unchanged", apiCalls: { GetFunction: 1 } });
  });

  it("is created although the code is there already, without a second version", async () => {
    const target = fakeFunction("orders", "new");
    publishNow(target);
    expect(await run(target)).toMatchObject({ outcome: "updated", version: "1" });
    expect(target.versions).toHaveLength(1);
    expect(aliasOf(target).version).toBe("1");
  });

  it("is left missing when nobody says so", async () => {
    const target = bare();
    expect(await run(target, { traffic: null })).toMatchObject({ outcome: "updated", version: "1" });
    expect(target.aliases.size).toBe(0);
  });

  it("is created at once where traffic goes in steps: there is nothing to keep", async () => {
    const target = bare();
    const row = await run(target, { traffic: CANARY, environment: { createAlias: true } });
    expect(row).toMatchObject({ outcome: "updated", apiCalls: { CreateAlias: 1 } });
    expect(aliasOf(target)).toMatchObject({ version: "1" });
  });

  it("is not created for a version that does not pass its test", async () => {
    const target = Object.assign(bare(), { answer: () => ({ error: "Unhandled", result: {} }) });
    const tests = [{ kind: "invoke" as const, payload: {}, timeoutSeconds: 5 }];
    const row = await run(target, { traffic: null, environment: { createAlias: true, tests } });
    expect(row).toMatchObject({ outcome: "failed", rejectedVersion: "1" });
    expect(target.aliases.size).toBe(0);
  });
});

describe("an answer to CreateAlias that was lost", () => {
  it.each(["ServiceException", "ResourceConflictException"])("shows as %s, and is found", async (name) => {
    const target = bare();
    const fake = fakeLambda(target);
    fake.after = (operation) => (operation === "CreateAlias" ? awsError(name, 500) : undefined);
    expect(await run(target, CREATES, fake)).toMatchObject({ outcome: "updated", version: "1" });
  });

  it("is a failure when nothing was created", async () => {
    const target = bare();
    const fake = fakeLambda(target);
    fake.before = (operation) =>
      operation === "CreateAlias" ? awsError("ServiceException", 500) : undefined;
    const row = await run(target, CREATES, fake);
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_AWS_SERVICE" } });
    fake.before = () => undefined;
    expect(await run(target, CREATES, fake)).toMatchObject({ outcome: "updated", version: "1" });
    expect(target.versions).toHaveLength(1);
  });
});

describe("an alias that another created meanwhile", () => {
  it("on another version is a conflict", async () => {
    const target = bare();
    const fake = fakeLambda(target);
    publishNow(target);
    fake.before = (operation) => {
      if (operation === "CreateAlias") target.aliases.set("live", { version: "1", revision: "theirs" });
      return undefined;
    };
    const row = await run(target, CREATES, fake);
    expect(row).toMatchObject({ outcome: "conflict", error: { code: "SLUICE_TARGET_CONFLICT" } });
    expect(row.error?.message).toContain("alias live, which did not exist, now stands on 1");
    expect(aliasOf(target).version).toBe("1");
  });

  it("on this version is as good as our own", async () => {
    const target = bare();
    const fake = fakeLambda(target);
    fake.before = (operation) => {
      if (operation === "CreateAlias") target.aliases.set("live", { version: "1", revision: "theirs" });
      return undefined;
    };
    expect(await run(target, CREATES, fake)).toMatchObject({ outcome: "updated", version: "1" });
  });
});
