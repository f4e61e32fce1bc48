import type { CallCounter } from "@sluice/aws";
import type { Change, ResolvedEnvironment } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  awsError,
  type FakeFunction,
  type FakeLambda,
  fakeFunction,
  fakeLambda,
  publishNow,
  withAlias,
} from "../testing/fake-lambda.ts";
import { clockedContext, openScene, type Scene, strategyOn } from "../testing/scene.ts";
import type { UpdateState } from "./plan.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `f-${n}`);

/** Calls of a plan in which every function gets the code "new". */
async function callsFor(functions: readonly FakeFunction[], environment: Partial<ResolvedEnvironment>) {
  return planned(fakeLambda(...functions), functions, environment);
}

async function planned(
  fake: FakeLambda,
  functions: readonly FakeFunction[],
  environment: Partial<ResolvedEnvironment>,
) {
  const artifacts = await Promise.all(
    functions.map(({ latest }) => scene.artifact(latest.FunctionName ?? "", "new")),
  );
  const input = scene.input(artifacts, environment);
  const made = fake.log.length;
  const changes = ((await strategyOn(fake).plan(input, clockedContext(scene.folder))) ??
    []) as Change<UpdateState>[];
  const total: CallCounter = {};
  for (const { apiCalls } of changes) {
    for (const [operation, count] of Object.entries(apiCalls))
      total[operation] = (total[operation] ?? 0) + count;
  }
  // None is made without being counted, and none is counted twice.
  expect(Object.values(total).reduce((sum, count) => sum + count, 0)).toBe(fake.log.length - made);
  return { total, changes, fake };
}

const withCode = (count: number, code: string, alias: boolean): FakeFunction[] =>
  names(count).map((name) =>
    alias ? withAlias(fakeFunction(name, code), "live") : fakeFunction(name, code),
  );

describe("calls of a plan", () => {
  it.each<[string, number, string, string | null, CallCounter]>([
    ["unchanged", 1, "new", "live", { GetFunction: 1 }],
    ["unchanged", 3, "new", "live", { GetFunction: 3 }],
    ["unchanged", 60, "new", "live", { GetFunction: 60 }],
    ["changed", 1, "old", "live", { GetFunction: 2, GetAlias: 1 }],
    ["changed", 3, "old", "live", { GetFunction: 3, ListFunctions: 1, GetAlias: 3 }],
    ["changed", 60, "old", "live", { GetFunction: 60, ListFunctions: 2, GetAlias: 60 }],
    ["unchanged", 1, "new", null, { GetFunction: 1 }],
    ["unchanged", 3, "new", null, { ListFunctions: 1 }],
    ["unchanged", 60, "new", null, { ListFunctions: 2 }],
    ["changed", 1, "old", null, { GetFunction: 1 }],
    ["changed", 3, "old", null, { ListFunctions: 1 }],
    ["changed", 60, "old", null, { ListFunctions: 2 }],
  ])("%s: %i with code %s, alias %s", async (_what, count, code, alias, expected) => {
    const { total, changes } = await callsFor(withCode(count, code, alias !== null), { alias });
    expect(total).toEqual(expected);
    expect(new Set(changes.map(({ action }) => action))).toEqual(
      new Set([code === "new" ? "none" : "update"]),
    );
  });

  it("lists nothing for the few that changed among many", async () => {
    const functions = [...withCode(30, "new", true), withAlias(fakeFunction("changed", "old"), "live")];
    const { total } = await callsFor(functions, { alias: "live" });
    expect(total).toEqual({ GetFunction: 32, GetAlias: 1 });
  });

  it("keeps the revision of a listed function, by which its update is guarded", async () => {
    const functions = withCode(3, "old", true);
    const { changes } = await callsFor(functions, { alias: "live" });
    expect(changes.map(({ state }) => state.latest?.revisionId)).toEqual(
      functions.map(({ latest }) => latest.RevisionId),
    );
  });

  it("goes on by name where listing is denied", async () => {
    const functions = withCode(3, "old", true);
    const fake = fakeLambda(...functions);
    fake.before = (operation) =>
      operation === "ListFunctions" ? awsError("AccessDeniedException", 403) : undefined;
    const { total } = await planned(fake, functions, { alias: "live" });
    expect(total).toEqual({ GetFunction: 6, ListFunctions: 1, GetAlias: 3 });
  });

  it("costs one more where an alias has to be moved to code that a list shows", async () => {
    const functions = withCode(3, "old", true);
    for (const one of functions)
      one.latest = {
        ...one.latest,
        ...fakeFunction("x", "new").latest,
        FunctionName: one.latest.FunctionName,
      };
    const { total, changes } = await callsFor(functions, { alias: "live" });
    expect(changes.map(({ action }) => action)).toEqual(["move-alias", "move-alias", "move-alias"]);
    expect(total).toEqual({ GetFunction: 6, ListFunctions: 1, GetAlias: 3, ListVersionsByFunction: 3 });
  });
});

describe("GetAlias", () => {
  const steps = {
    kind: "steps",
    steps: [10],
    pauseSeconds: 60,
    alarms: [],
    tests: null,
  } as const;

  it("is asked where traffic moves in steps, and where $LATEST has other code than callers", async () => {
    const stepped = await callsFor(withCode(1, "old", true), { alias: "live", traffic: steps });
    expect(stepped.total).toEqual({ GetFunction: 2, GetAlias: 1 });
    expect(stepped.changes[0]?.state.alias).toMatchObject({ version: "1", weights: {}, description: "" });
    const [moved] = withCode(1, "old", true);
    if (moved === undefined) throw new Error("no function");
    moved.latest = { ...moved.latest, CodeSha256: "another" };
    expect((await callsFor([moved], { alias: "live" })).total).toEqual({ GetFunction: 2, GetAlias: 1 });
  });

  it("is asked of what changes, unless a store tells what is live and its lease keeps runs apart", async () => {
    const asked = async (environment: Partial<ResolvedEnvironment>): Promise<CallCounter> =>
      (await callsFor(withCode(1, "old", true), { alias: "live", ...environment })).total;
    const environment = { store: "store", allowDowngrade: true };
    expect(await asked(environment)).toEqual({ GetFunction: 2 });
    expect(await asked({ ...environment, lease: false })).toEqual({ GetFunction: 2, GetAlias: 1 });
    expect(await asked({ ...environment, store: null })).toEqual({ GetFunction: 2, GetAlias: 1 });
    const unchanged = await callsFor(withCode(1, "new", true), { alias: "live", store: null });
    expect(unchanged.total).toEqual({ GetFunction: 1 });
  });

  it("is asked while `$LATEST` is read, by name or by a list", async () => {
    for (const [count, other] of [
      [1, "GetFunction"],
      [3, "ListFunctions"],
    ] as const) {
      const functions = withCode(count, "old", true);
      const fake = fakeLambda(...functions);
      const open = new Set<string>();
      const overlapped: string[] = [];
      const slowly = <I extends unknown[], O>(name: string, send: (...given: I) => Promise<O>) => {
        return async (...given: I): Promise<O> => {
          open.add(name);
          if (open.size > 1) overlapped.push([...open].sort().join(" and "));
          await new Promise((resolve) => setTimeout(resolve, 20));
          open.delete(name);
          return send(...given);
        };
      };
      const { getAlias, getFunction, listFunctions } = fake.api;
      Object.assign(fake.api, {
        getAlias: slowly("GetAlias", getAlias),
        getFunction: slowly("GetFunction", getFunction),
        listFunctions: slowly("ListFunctions", listFunctions),
      });
      await planned(fake, functions, { alias: "live" });
      expect(overlapped).toContain(`GetAlias and ${other}`);
    }
  });

  it("that shows the alias moved since callers' code was read has that read again", async () => {
    const target = withAlias(fakeFunction("f-0", "old"), "live");
    const fake = fakeLambda(target);
    const moveTo = (code: string, description: string): void => {
      target.latest = { ...target.latest, ...fakeFunction("f-0", code).latest };
      const version = publishNow(target).Version ?? "";
      target.aliases.set("live", { version, revision: "theirs", description });
    };
    let reads = 0;
    fake.before = (operation) => {
      if (operation === "GetFunction") reads += 1;
      if (operation === "GetAlias" && reads === 1) moveTo("theirs", "by another");
      return undefined;
    };
    const { total, changes } = await planned(fake, [target], { alias: "live" });
    expect(total).toEqual({ GetFunction: 3, GetAlias: 1 });
    expect(changes[0]).toMatchObject({
      action: "update",
      previousVersion: "2",
      currentCodeSha256: target.latest.CodeSha256,
      state: { alias: { version: "2", revisionId: "theirs" } },
    });

    reads = 0;
    fake.before = (operation) => {
      if (operation === "GetFunction") reads += 1;
      if (operation === "GetAlias" && reads === 1) moveTo("new", "by another");
      return undefined;
    };
    const same = await planned(fake, [target], { alias: "live" });
    expect(same.changes[0]).toMatchObject({ action: "none", previousVersion: "3" });
  });

  it("is spared for the unchanged by a list", async () => {
    const environment = { alias: "live", traffic: steps };
    expect((await callsFor(withCode(1, "new", true), environment)).total).toEqual({
      GetFunction: 1,
      GetAlias: 1,
    });
    expect((await callsFor(withCode(60, "new", true), environment)).total).toEqual({
      GetFunction: 60,
      ListFunctions: 2,
    });
  });

  it("finds the weights of an unchanged function by the list that shows another $LATEST", async () => {
    const functions = withCode(3, "new", true);
    const [first] = functions;
    if (first === undefined) throw new Error("no function");
    first.latest = { ...first.latest, CodeSha256: "canary" };
    const canary = publishNow(first);
    const alias = first.aliases.get("live");
    if (alias !== undefined) alias.weights = { [canary.Version ?? ""]: 0.1 };
    const { total, changes } = await callsFor(functions, { alias: "live", traffic: steps });
    expect(total).toEqual({ GetFunction: 3, ListFunctions: 1, GetAlias: 1 });
    expect(changes[0]?.state.alias?.weights).toEqual({ "2": 0.1 });
  });

  it("tells an alias of a deleted function version from none", async () => {
    const target = withAlias(fakeFunction("f-0", "new"), "live");
    target.versions = [];
    const { changes, total } = await callsFor([target], { alias: "live" });
    expect(total).toEqual({ GetFunction: 2, GetAlias: 1 });
    expect(changes[0]).toMatchObject({
      action: "move-alias",
      reason: "alias live stands on 1, which is deleted; this code is not published",
      previousVersion: "1",
      currentCodeSha256: null,
      state: { aliasExists: true },
    });
    const none = await callsFor([fakeFunction("f-0", "new")], { alias: "live" });
    expect(none.changes[0]).toMatchObject({ action: "none", state: { aliasExists: false } });
  });
});

describe("a list that does not say how the last update went", () => {
  const at = (now: number, minutes: number): string =>
    new Date(now - minutes * 60_000).toISOString().replace("Z", "+0000");

  async function unchanged(count: number, minutes: number, failed: boolean) {
    const now = clockedContext(scene.folder).now();
    const LastUpdateStatus = failed ? "Failed" : "Successful";
    const functions = names(count).map((name, index) => {
      const own = index === 0 ? ({ LastUpdateStatus } as const) : {};
      return fakeFunction(name, "new", { LastModified: at(now, minutes), ...own });
    });
    const { total, changes } = await callsFor(functions, { alias: null });
    return { total, action: changes[0]?.action };
  }

  it("is not believed for an hour: what failed is done again", async () => {
    expect(await unchanged(3, 59, true)).toEqual({
      total: { ListFunctions: 1, GetFunction: 3 },
      action: "update",
    });
    expect((await unchanged(3, 59, false)).action).toBe("none");
    expect((await unchanged(3, 61, false)).total).toEqual({ ListFunctions: 1 });
  });

  it("is believed where a second of GetFunction's quota would not do", async () => {
    expect((await unchanged(100, 5, true)).total).toEqual({ ListFunctions: 2, GetFunction: 100 });
    expect((await unchanged(150, 5, false)).total).toEqual({ ListFunctions: 3 });
  });
});
