import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployedWorld, handler, openWorlds, type Printed } from "./deployed-world.ts";

/** What `plan --json` says of a target that changes. */
interface Difference {
  readonly files: readonly { readonly path: string; readonly before: number | null }[];
  readonly packages: unknown;
}

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
}, 180_000);
afterAll(() => worlds.close());

/** Gives `orders` this text, commits, and deploys to dev; the commit. */
async function deployed(world: DeployedWorld, text: string): Promise<string> {
  await world.write("src/orders.ts", handler(text));
  const commit = await world.repository.commit(text);
  expect((await world.run("dev", ["deploy"])).exitCode).toBe(0);
  return commit;
}

const differenceOf = ({ targets }: Printed): Difference | undefined =>
  (targets[0] as { readonly difference?: Difference }).difference;

/** A package as it is installed. */
async function install(world: DeployedWorld, name: string, version: string): Promise<void> {
  const folder = `node_modules/${name}`;
  await world.write(`${folder}/package.json`, JSON.stringify({ name, version, main: "index.js" }));
  await world.write(`${folder}/index.js`, `module.exports = ${JSON.stringify(version)};\n`);
}

describe("sluice plan", { timeout: 180_000 }, () => {
  it("says which files a first deployment changes, by the zip that is there", async () => {
    const world = await worlds.world({ store: false });
    const { exitCode, printed, stderr } = await world.run("dev", ["plan"]);
    expect(exitCode).toBe(0);
    const files = differenceOf(printed)?.files.map(({ path, before }) => [path, before]);
    expect(files).toEqual([
      ["index.mjs", 42],
      ["index.mjs.map", null],
    ]);
    expect(stderr).toMatch(/\+1 ~1 files, \+\d+ B zipped/);
    expect(printed.targets[0]?.apiCalls).toEqual({ GetFunction: 2, GetAlias: 1 });
  });

  it("says which versions of packages change, by what an earlier build or the store knows", async () => {
    for (const store of [true, false]) {
      const world = await worlds.world({ store });
      await install(world, "left", "1.0.0");
      await world.write(
        "src/orders.ts",
        'import left from "left";\nexport const handler = async () => left;\n',
      );
      await world.repository.commit("left 1");
      expect((await world.run("dev", ["deploy"])).exitCode).toBe(0);
      await install(world, "left", "1.1.0");
      const { printed, stderr } = await world.run("dev", ["plan"]);
      expect(differenceOf(printed)?.packages).toEqual([{ name: "left", before: "1.0.0", after: "1.1.0" }]);
      expect(stderr).toContain("~ left  1.0.0 → 1.1.0");
      const deployment = await world.run("dev", ["deploy"]);
      expect(differenceOf(deployment.printed)).toBeUndefined();
    }
  });

  it("refuses, as deploy does, an older commit in place of a newer one", async () => {
    const world = await worlds.world();
    const older = await deployed(world, "older");
    await deployed(world, "newer");
    const live = await world.live("dev");
    await world.repository.git("checkout", "--quiet", "--detach", older);
    for (const command of ["plan", "deploy"]) {
      const refused = await world.run("dev", [command, "--branch", "develop"]);
      expect([refused.exitCode, refused.printed.error?.code]).toEqual([3, "SLUICE_DOWNGRADE"]);
    }
    expect(await world.live("dev")).toBe(live);
    const allowed = await world.run("dev", ["deploy", "--branch", "develop", "--allow-downgrade"]);
    expect([allowed.exitCode, allowed.printed.targets[0]?.outcome]).toEqual([0, "updated"]);
    expect(await world.live("dev")).not.toBe(live);
    // The one that was newer then is so now.
    await world.repository.git("checkout", "--quiet", "develop");
    expect((await world.run("dev", ["deploy"])).printed.targets[0]?.outcome).toBe("updated");
  });
});
