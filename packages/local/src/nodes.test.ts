import { chmodSync, existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cachedNode, installNodes, OWN_NODE } from "./nodes.ts";
import { testContext } from "./testing/context.ts";
import { NODE_PACKAGES } from "./versions.ts";

const own = OWN_NODE.version.split(".")[0];
const other = own === "22" ? "24" : "22";
const spec = NODE_PACKAGES[`${process.platform}-${process.arch}`]?.[other] ?? "";

let fixture: FsFixture;
beforeEach(async () => {
  fixture = await createFixture({});
});
afterEach(() => fixture.rm());

/** A registry that refuses connections. */
function offline() {
  const env = {
    ...process.env,
    npm_config_registry: "http://127.0.0.1:9",
    npm_config_cache: fixture.getPath("npm"),
  };
  return testContext({ cwd: fixture.path, env });
}

describe.runIf(spec !== "")("without a network", () => {
  it("goes on with the Node.js that runs Sluice, says so, and does not try again for a while", async () => {
    const context = offline();
    expect((await installNodes(fixture.path, context))[other]).toBeNull();
    const notices = context.events.map((event) => (event.type === "notice" ? event.message : ""));
    expect(notices).toContainEqual(
      expect.stringContaining(`nodejs${other}.x functions run under Node.js ${OWN_NODE.version}`),
    );

    const again = offline();
    await installNodes(fixture.path, again);
    expect(
      again.events.some((event) => event.type === "notice" && event.message.startsWith("Installing")),
    ).toBe(false);

    const marker = fixture.getPath(`${spec}.failed`);
    expect(existsSync(marker)).toBe(true);
    utimesSync(marker, 0, 0);
    const later = offline();
    await installNodes(fixture.path, later);
    expect(later.events).toContainEqual({
      type: "notice",
      message: expect.stringMatching(/^Installing node-/),
    });
  }, 120_000);
});

/** Made to look like an installation in the cache, so that nothing is downloaded. */
async function cached(major: "22" | "24"): Promise<void> {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`]?.[major] ?? "";
  const folder = fixture.getPath(name, "i-000000");
  await fixture.mkdir(folder.slice(fixture.path.length));
  writeFileSync(`${folder}/node`, "#!/bin/sh\n");
  chmodSync(`${folder}/node`, 0o755);
  const value = { path: `${folder}/node`, version: `${major}.0.0` };
  writeFileSync(`${folder}/.complete.json`, JSON.stringify(value));
}

it("takes the Node.js that runs Sluice where it is of that major", async () => {
  await cached("22");
  await cached("24");
  const nodes = await installNodes(fixture.path, offline());
  for (const major of ["22", "24"] as const)
    expect(nodes[major]?.version).toBe(major === own ? OWN_NODE.version : `${major}.0.0`);
});

it.runIf(spec !== "")("gives what is in the cache, and installs nothing", async () => {
  const context = offline();
  const home = { home: fixture.path };
  expect(await cachedNode(Number(other), home, context)).toBeNull();
  expect(await cachedNode(16, home, context)).toBeNull();
  await cached(other);
  expect(await cachedNode(Number(other), home, context)).toMatchObject({ version: `${other}.0.0` });
  expect([readdirSync(fixture.path), context.events]).toEqual([[spec], []]);
});
