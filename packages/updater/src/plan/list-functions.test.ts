import type { CallCounter } from "@sluice/aws";
import type { ResolvedEnvironment } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsError, fakeFunction, fakeLambda, publishNow } from "../testing/fake-lambda.ts";
import { clockedContext, openScene, type Scene, strategyOn } from "../testing/scene.ts";
import { listFunctions, worthListing } from "./list-functions.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

/** Calls that reading `targets` takes in a region that has `others` before them. */
async function callsFor(
  targets: readonly string[],
  existing: readonly string[],
  environment: Partial<ResolvedEnvironment> = {},
) {
  const fake = fakeLambda(...existing.map((name) => fakeFunction(name, name)));
  const artifacts = await Promise.all(targets.map((name) => scene.artifact(name, name)));
  const changes = await strategyOn(fake).plan(
    scene.input(artifacts, environment),
    clockedContext(scene.folder),
  );
  const total: CallCounter = {};
  for (const { apiCalls } of changes ?? []) {
    for (const [operation, count] of Object.entries(apiCalls))
      total[operation] = (total[operation] ?? 0) + count;
  }
  const counted = Object.values(total).reduce((sum, count) => sum + count, 0);
  expect(counted).toBe(fake.log.length);
  return { total, actions: changes?.map(({ action }) => action) ?? [], fake };
}

describe("reading without an alias", () => {
  it("asks for one or two functions by name", async () => {
    expect((await callsFor(["a"], ["a"])).total).toEqual({ GetFunction: 1 });
    expect((await callsFor(["a", "b"], ["a", "b"])).total).toEqual({ GetFunction: 2 });
  });

  it("lists three and more: a thousand take twenty calls", async () => {
    const names = numbered("f", 1000);
    expect((await callsFor(names.slice(0, 3), names.slice(0, 3))).total).toEqual({ ListFunctions: 1 });
    const all = await callsFor(names, names);
    expect(all.total).toEqual({ ListFunctions: 20 });
    expect(new Set(all.actions)).toEqual(new Set(["none"]));
  });

  it("never takes a function for absent because a list lacks it", async () => {
    const { total, actions } = await callsFor(["a", "b", "c", "gone"], ["a", "b", "c"]);
    expect(total).toEqual({ ListFunctions: 1, GetFunction: 1 });
    expect(actions).toEqual(["none", "none", "none", "absent"]);
  });

  it("gives up after one page when the functions are among many others", async () => {
    const names = numbered("mine", 10);
    const { total } = await callsFor(names, [...numbered("other", 500), ...names]);
    expect(total).toEqual({ ListFunctions: 1, GetFunction: 10 });
  });

  it("never costs more than one call and 5 % over reading one by one", async () => {
    for (const [count, others] of [
      [3, 49],
      [10, 45],
      [40, 2000],
      [100, 100],
      [100, 4000],
      [400, 5000],
    ] as const) {
      const names = numbered("mine", count);
      const { fake } = await callsFor(names, [...numbered("other", others), ...names]);
      expect(fake.log.length).toBeLessThanOrEqual(count + Math.max(1, Math.floor(count / 20)));
    }
  });

  it("reads one by one where listing is denied", async () => {
    const fake = fakeLambda(...["a", "b", "c"].map((name) => fakeFunction(name, name)));
    fake.before = (operation) =>
      operation === "ListFunctions" ? awsError("AccessDeniedException", 403) : undefined;
    const artifacts = await Promise.all(["a", "b", "c"].map((name) => scene.artifact(name, name)));
    const changes = await strategyOn(fake).plan(scene.input(artifacts), clockedContext(scene.folder));
    expect(changes?.map(({ action }) => action)).toEqual(["none", "none", "none"]);
    expect(fake.log).toEqual(["ListFunctions", "GetFunction", "GetFunction", "GetFunction"]);
  });

  it("does not list when told not to", async () => {
    const fake = fakeLambda(...["a", "b", "c"].map((name) => fakeFunction(name, name)));
    const artifacts = await Promise.all(["a", "b", "c"].map((name) => scene.artifact(name, name)));
    const strategy = strategyOn(fake, { listFunctions: false });
    await strategy.plan(scene.input(artifacts), clockedContext(scene.folder));
    expect(fake.log).toEqual(["GetFunction", "GetFunction", "GetFunction"]);
  });
});

describe("listFunctions", () => {
  it("leaves out what an emulator does not tell the image of", async () => {
    const image = fakeFunction("image", "a", { PackageType: "Image", CodeSha256: "" });
    const found = await listFunctions(fakeLambda(image, fakeFunction("a", "a")).api, ["image", "a", "b"], {});
    expect([...found.keys()]).toEqual(["a"]);
  });

  it("finds functions by ARN as well", async () => {
    const one = fakeFunction("a", "a");
    publishNow(one);
    const arn = one.latest.FunctionArn ?? "";
    const found = await listFunctions(fakeLambda(one).api, [arn, "b", "c"], {});
    expect([...found.keys()]).toEqual([arn]);
  });
});

describe("worthListing", () => {
  it("stops when one target is left, or none", () => {
    expect(worthListing(3, 0, 0)).toBe(true);
    expect(worthListing(3, 1, 2)).toBe(false);
    expect(worthListing(3, 1, 3)).toBe(false);
  });
});
