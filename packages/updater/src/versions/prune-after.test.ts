import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { awsError, type FakeLambda, fakeLambda } from "../testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Scene, strategyOn } from "../testing/scene.ts";
import { withVersions } from "../testing/with-versions.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.dispose());

interface Given {
  readonly code?: string;
  readonly keepVersions?: number | null;
  readonly option?: number;
  readonly signal?: AbortSignal;
}

async function deployed(fake: FakeLambda, given: Given = {}) {
  const { code = "new", keepVersions = 2, option, signal } = given;
  const names = [...fake.functions.keys()];
  const artifacts = await Promise.all(names.map((name) => scene.artifact(name, code)));
  const input = scene.input(artifacts, { alias: "live", keepVersions });
  const options = { ...input.options, ...(option === undefined ? {} : { keepVersions: option }) };
  const context = clockedContext(scene.folder, signal === undefined ? {} : { signal });
  const { rows } = await deploy(strategyOn(fake), { ...input, options }, context);
  const notices = context.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  return { rows, notices };
}

const left = (fake: FakeLambda, name = "orders") =>
  fake.functions.get(name)?.versions.map(({ Version }) => Version);

describe("after a deployment", () => {
  it("old versions go, but for what was live before", async () => {
    const fake = fakeLambda(withVersions("orders", 4));
    const { rows, notices } = await deployed(fake, { keepVersions: 1 });
    expect(left(fake)).toEqual(["4", "5"]);
    expect(rows).toMatchObject([{ outcome: "updated", version: "5", prunedVersions: ["1", "2", "3"] }]);
    expect(rows[0]?.apiCalls).toMatchObject({ ListVersionsByFunction: 1, ListAliases: 1, DeleteFunction: 3 });
    expect(notices).toContain("orders in eu-west-1: deleted function versions 1, 2 and 3: 3.0 MB freed");
  });

  it("not one goes before all targets are live", async () => {
    const fake = fakeLambda(...["a", "b", "c"].map((name) => withVersions(name, 5)));
    await deployed(fake);
    expect(fake.log.indexOf("DeleteFunction")).toBeGreaterThan(fake.log.lastIndexOf("UpdateAlias"));
    // One page of mappings for the whole region.
    expect(fake.log.filter((call) => call === "ListEventSourceMappings")).toHaveLength(1);
  });

  it("costs no call where a function cannot have more versions than are kept", async () => {
    const fake = fakeLambda(withVersions("orders", 1));
    await deployed(fake);
    expect(fake.log).not.toContain("ListVersionsByFunction");
  });

  it("costs no call where nothing was updated, or nothing is to be kept", async () => {
    const fake = fakeLambda(withVersions("orders", 5));
    await deployed(fake, { code: "code 5" });
    await deployed(fake, { keepVersions: null });
    expect(fake.log).not.toContain("ListAliases");
    expect(left(fake)).toHaveLength(6);
  });

  it("--keep-versions is stronger than the environment", async () => {
    const fake = fakeLambda(withVersions("orders", 5));
    await deployed(fake, { keepVersions: 1, option: 3 });
    expect(left(fake)).toEqual(["4", "5", "6"]);
  });

  it.each(["ListVersionsByFunction", "ListAliases", "ListEventSourceMappings", "DeleteFunction"])(
    "a failure of %s is told, and the deployment is none the worse",
    async (operation) => {
      const fake = fakeLambda(withVersions("orders", 5));
      fake.before = (each) => (each === operation ? awsError("AccessDeniedException", 403) : undefined);
      const { rows, notices } = await deployed(fake);
      expect(rows).toMatchObject([{ outcome: "updated", version: "6", error: null }]);
      expect(rows[0]?.prunedVersions).toBeUndefined();
      expect(notices.join()).toContain(`lambda:${operation}`);
      expect(left(fake)).toHaveLength(6);
    },
  );

  it("says what AWS keeps", async () => {
    const fake = fakeLambda(withVersions("orders", 4));
    fake.before = (operation, nth) =>
      operation === "DeleteFunction" && nth === 1 ? awsError("ResourceConflictException", 409) : undefined;
    const { rows, notices } = await deployed(fake);
    expect(rows[0]?.prunedVersions).toEqual(["2", "3"]);
    expect(notices.join()).toContain("AWS keeps function version 1. ");
  });

  it("nothing goes once the run is cancelled", async () => {
    const fake = fakeLambda(withVersions("orders", 5));
    const controller = new AbortController();
    fake.before = (operation) =>
      operation === "UpdateAlias" ? controller.abort(new Error("stop")) : undefined;
    const { rows } = await deployed(fake, { signal: controller.signal });
    expect(rows).toMatchObject([{ outcome: "updated", version: "6" }]);
    expect(fake.log).not.toContain("ListVersionsByFunction");
  });
});
