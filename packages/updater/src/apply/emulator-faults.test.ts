import { openAws } from "@sluice/aws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cut, openCuttingProxy } from "../testing/cutting-proxy.ts";
import { type Emulated, openEmulated, zipOf } from "../testing/emulated.ts";
import { deploy, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
let emulated: Emulated;

beforeAll(async () => {
  [scene, emulated] = await Promise.all([openScene(), openEmulated()]);
}, 180_000);
afterAll(async () => {
  await emulated.stop();
  await scene.dispose();
});

/** Versions with the artifact's code, and what the alias gives. */
async function liveOf(name: string, codeSha256: string) {
  const { lambda } = openAws(emulated.context(scene.folder), {
    region: "eu-west-1",
    profile: null,
    role: null,
  });
  const { Configuration } = await lambda.getFunction({ FunctionName: name, Qualifier: "live" });
  const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName: name });
  const versions = Versions.filter(
    (one) => one.Version !== "$LATEST" && one.CodeSha256 === codeSha256,
  ).length;
  return { isOurs: Configuration?.CodeSha256 === codeSha256, versions };
}

async function through(name: string, cut: Cut, options = {}) {
  await emulated.createFunction(name, await zipOf("old"));
  await emulated.createAlias(name, "live");
  const artifact = await scene.artifact(name, await zipOf("new"));
  const proxy = await openCuttingProxy(emulated.endpoint, cut);
  try {
    const context = emulated.context(scene.folder, { endpoint: proxy.endpoint });
    const { rows } = await deploy(
      updateExisting(options),
      scene.input([artifact], { alias: "live" }),
      context,
    );
    return { row: rows[0], forwarded: proxy.forwarded, artifact };
  } finally {
    await proxy.close();
  }
}

describe("a connection that is cut off", () => {
  const requests = [
    ["the first read", "GET", "?Qualifier=live"],
    ["the update", "PUT", "/code"],
    ["the move of the alias", "PUT", "/aliases/live"],
  ] as const;

  for (const moment of ["before", "after"] as const) {
    it.each(requests)(`${moment} %s was carried out: same run, one version`, async (what, method, end) => {
      const name = `cut-${moment}-${what.split(" ").at(-1)}`;
      const cut: Cut = (request, nth) =>
        request.startsWith(method) && request.endsWith(end) && nth === 1 ? moment : null;
      const { row, artifact } = await through(name, cut);
      expect(row).toMatchObject({ outcome: "updated", version: "2", error: null });
      expect(await liveOf(name, artifact.manifest.codeSha256)).toEqual({ isOurs: true, versions: 1 });
    });
  }

  it("finds an update whose answer was lost by its digest, and sends no second one that counts", async () => {
    const cut: Cut = (request, nth) => (request.endsWith("/code") && nth === 1 ? "after" : null);
    const { row, forwarded } = await through("lost", cut);
    expect(row?.reason).toBe("the code was there already");
    expect(row?.apiCalls).toMatchObject({
      UpdateFunctionCode: 2,
      ListVersionsByFunction: 1,
      GetAlias: 1,
      UpdateAlias: 1,
    });
    expect(forwarded.filter((request) => request.endsWith("/code"))).toHaveLength(2);
  });
});

describe("two runs with the same artifact", () => {
  it("come to one version and one alias, and neither calls it a conflict", async () => {
    await emulated.createFunction("twice", await zipOf("old"));
    await emulated.createAlias("twice", "live");
    const artifact = await scene.artifact("twice", await zipOf("new"));
    const input = scene.input([artifact], { alias: "live" });
    const runs = [1, 2].map(() => deploy(updateExisting(), input, emulated.context(scene.folder)));
    const rows = (await Promise.all(runs)).map((run) => run.rows[0]);
    for (const row of rows) expect(["updated", "unchanged"]).toContain(row?.outcome);
    expect(await liveOf("twice", artifact.manifest.codeSha256)).toEqual({ isOurs: true, versions: 1 });
  });
});

describe("code that an older version has", () => {
  it("is published again with the configuration of today", async () => {
    await emulated.createFunction("stale", await zipOf("old"));
    await emulated.createAlias("stale", "live");
    const [first, second] = await Promise.all([zipOf("first"), zipOf("second")]);
    const artifact = await scene.artifact("stale", first);
    const context = emulated.context(scene.folder);
    const live = { alias: "live" };
    await deploy(updateExisting(), scene.input([artifact], live), context);
    await deploy(updateExisting(), scene.input([await scene.artifact("stale", second)], live), context);
    const { lambda } = openAws(context, { region: "eu-west-1", profile: null, role: null });
    await lambda.updateFunctionCode({ FunctionName: "stale", ZipFile: first });
    const { rows } = await deploy(updateExisting(), scene.input([artifact], live), context);
    expect(rows[0]).toMatchObject({ outcome: "updated", previousVersion: "3", version: "4" });
    expect(rows[0]?.reason).toBe("alias live stands on 3, this code is not published");
  });
});
