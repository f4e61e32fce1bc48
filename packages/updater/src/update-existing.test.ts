import { isSluiceError, type PlanInput } from "@sluice/core";
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
} from "./testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene, strategyOn } from "./testing/scene.ts";
import { updateExisting } from "./update-existing.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

async function inputFor(alias: string | null, code = "new", force = false): Promise<PlanInput> {
  return scene.input([await scene.artifact("orders", code)], { alias }, force);
}

const orders = (code = "old"): FakeFunction => fakeFunction("orders", code);
const aliased = (code = "old"): FakeFunction => withAlias(orders(code), "live");

async function run(fake: FakeLambda, input: PlanInput, options = {}) {
  const context = clockedContext(scene.folder);
  const { changes, rows } = await deploy(strategyOn(fake, options), input, context);
  const [row] = rows;
  const [change] = changes;
  if (row === undefined || change === undefined) throw new Error("no row");
  return { row, change, context };
}

describe("a changed function", () => {
  it("takes six calls with an alias", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const { row, context } = await run(fake, await inputFor("live"));
    expect(fake.log).toEqual([
      ...["GetFunction", "GetAlias", "GetFunction"],
      ...["UpdateFunctionCode", "GetFunction", "UpdateAlias"],
    ]);
    expect(row).toMatchObject({
      outcome: "updated",
      function: "orders",
      target: "orders",
      account: "111111111111",
      region: "eu-west-1",
      version: "2",
      previousVersion: "1",
      alias: "live",
      reason: "code changed",
      codeSha256: sha("new"),
      sizeBytes: 3,
      apiCalls: { GetFunction: 3, UpdateFunctionCode: 1, UpdateAlias: 1 },
      durationMs: 600,
      error: null,
    });
    expect(context.slept).toEqual([600]);
    const alias = target.aliases.get("live");
    expect(alias?.version).toBe("2");
    expect(alias?.description).toBe(`1.4.0 · 0123456789ab · ${row.digest}`);
  });

  it("takes five when the update's answer says that it is done", async () => {
    const fake = fakeLambda(aliased());
    fake.busyReads = 0;
    const { context } = await run(fake, await inputFor("live"));
    expect(fake.log).toEqual(["GetFunction", "GetAlias", "GetFunction", "UpdateFunctionCode", "UpdateAlias"]);
    expect(context.slept).toEqual([]);
  });

  it("takes five with a store, whose record and lease do what the look at the alias does", async () => {
    const fake = fakeLambda(aliased());
    const artifact = await scene.artifact("orders", "new");
    const environment = { alias: "live", store: "five-calls", allowDowngrade: true };
    const { row } = await run(fake, scene.input([artifact], environment));
    expect(row.outcome).toBe("updated");
    expect(fake.log).toEqual([
      ...["GetFunction", "GetFunction"],
      ...["UpdateFunctionCode", "GetFunction", "UpdateAlias"],
    ]);
  });

  it("takes three without an alias, and publishes", async () => {
    const target = orders();
    const fake = fakeLambda(target);
    const { row } = await run(fake, await inputFor(null));
    expect(fake.log).toEqual(["GetFunction", "UpdateFunctionCode", "GetFunction"]);
    expect(row).toMatchObject({ outcome: "updated", version: "1", previousVersion: null, alias: null });
    expect(target.versions.map(({ CodeSha256 }) => CodeSha256)).toEqual([sha("new")]);
  });

  it("is updated and published, with a notice, when the alias does not exist", async () => {
    const target = orders();
    const fake = fakeLambda(target);
    const { row, context } = await run(fake, await inputFor("live"));
    expect(fake.log).toEqual(["GetFunction", "GetFunction", "GetAlias", "UpdateFunctionCode", "GetFunction"]);
    expect(row).toMatchObject({ outcome: "updated", version: "1" });
    expect(context.events.filter(({ type }) => type === "notice")).toHaveLength(1);
    expect(target.aliases.size).toBe(0);
  });

  it("shows its steps", async () => {
    const { context } = await run(fakeLambda(aliased()), await inputFor("live"));
    const steps = context.events.flatMap((event) =>
      event.type === "target" ? [`${event.status} ${event.detail}`] : [],
    );
    expect(steps).toEqual([
      "start code changed",
      "step updating",
      "step waiting for 2",
      "step moving alias live to 2",
      "done updated",
    ]);
  });

  it("has the description on the function version too when asked to, for one call more", async () => {
    const target = aliased();
    const fake = fakeLambda(target);
    const { row } = await run(fake, await inputFor("live"), { describeVersions: true });
    expect(fake.log.slice(3)).toEqual(["UpdateFunctionCode", "GetFunction", "PublishVersion", "UpdateAlias"]);
    expect(target.versions.at(-1)?.Description).toBe(`1.4.0 · 0123456789ab · ${row.digest}`);
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
  });
});

describe("a function that needs no update", () => {
  it("costs one call and no write, with and without an alias", async () => {
    for (const [alias, target] of [
      [null, orders("new")],
      ["live", aliased("new")],
    ] as const) {
      const fake = fakeLambda(target);
      const { row } = await run(fake, await inputFor(alias));
      expect(fake.log).toEqual(["GetFunction"]);
      expect(row).toMatchObject({
        outcome: "unchanged",
        reason: "unchanged",
        apiCalls: { GetFunction: 1 },
        error: null,
      });
      expect(row.version).toBe(alias === null ? null : "1");
    }
  });

  it("is updated by force", async () => {
    const fake = fakeLambda(aliased("new"));
    const { row } = await run(fake, await inputFor("live", "new", true));
    // Lambda makes no second version of the same code.
    expect(row).toMatchObject({ outcome: "updated", reason: "forced", version: "1" });
  });

  it("has only its alias moved when $LATEST has the code already", async () => {
    const target = aliased();
    target.latest = { ...target.latest, CodeSha256: sha("new") };
    publishNow(target);
    const fake = fakeLambda(target);
    const { row, change } = await run(fake, await inputFor("live"));
    expect(change).toMatchObject({ action: "move-alias", state: { published: "2" } });
    expect(fake.log).toEqual([
      ...["GetFunction", "GetAlias", "GetFunction", "ListVersionsByFunction"],
      ...["GetFunction", "UpdateAlias"],
    ]);
    expect(row).toMatchObject({ outcome: "updated", version: "2", previousVersion: "1" });
    expect(target.aliases.get("live")?.version).toBe("2");
  });

  it("has a version published first when there is none with its code", async () => {
    const target = aliased();
    target.latest = { ...target.latest, CodeSha256: sha("new") };
    const { row } = await run(fakeLambda(target), await inputFor("live"));
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(target.versions).toHaveLength(2);
  });
});

describe("a function that is not to be updated", () => {
  it("is absent by ResourceNotFoundException alone", async () => {
    const fake = fakeLambda();
    const { row } = await run(fake, await inputFor("live"));
    expect(row).toMatchObject({ outcome: "absent", apiCalls: { GetFunction: 2 }, error: null });
  });

  it.each([
    ["AccessDeniedException", 403],
    ["TooManyRequestsException", 429],
    ["ServiceException", 500],
    ["NoSuchThing", 404],
  ])("is failed, not absent, by %s", async (name, status) => {
    const fake = fakeLambda(orders());
    fake.before = () => awsError(name, status);
    const { row } = await run(fake, await inputFor(null));
    expect(row.outcome).toBe("failed");
    expect(row.error?.message).toContain(name);
    expect(row.error?.message).toContain("r-1");
    expect(fake.log).toEqual(["GetFunction"]);
  });

  it("lets the others go on when one cannot be read", async () => {
    const fake = fakeLambda(fakeFunction("a", "old"), fakeFunction("b", "old"));
    fake.before = (operation, nth) =>
      operation === "GetFunction" && nth === 1 ? awsError("AccessDeniedException", 403) : undefined;
    const artifacts = await Promise.all(["a", "b"].map((name) => scene.artifact(name, "new")));
    const { rows } = await deploy(strategyOn(fake), scene.input(artifacts), clockedContext(scene.folder));
    expect(rows.map(({ outcome }) => outcome)).toEqual(["failed", "updated"]);
  });

  it("stops the run when nobody could be asked at all", async () => {
    const fake = fakeLambda(orders());
    fake.before = () => Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const error: unknown = await run(fake, await inputFor(null)).catch((thrown: unknown) => thrown);
    expect(isSluiceError(error) && error.exitCode).toBe(2);
  });
});

describe("updateExisting", () => {
  it("refuses options that it does not have, and names the nearest", () => {
    expect(() => updateExisting({ describeVersion: true } as never)).toThrow(/no option "describeVersion"/);
    try {
      updateExisting({ describeVersion: true } as never);
    } catch (error) {
      expect(isSluiceError(error) && error.hint).toContain("describeVersions");
    }
    expect(() => updateExisting({ waitSeconds: 0 })).toThrow(/waitSeconds/);
    expect(() => updateExisting({ listFunctions: "no" } as never)).toThrow(/listFunctions/);
  });
});
