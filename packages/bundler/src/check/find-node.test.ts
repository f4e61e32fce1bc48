import { chmodSync } from "node:fs";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, expect, it } from "vitest";
import { findNode, majorOf, OWN_NODE } from "./find-node.ts";

let fixture: FsFixture;
afterEach(() => fixture?.rm());

/** A major that no machine has. */
const MAJOR = 77;

async function machine(...binaries: readonly (readonly [string, string])[]): Promise<string> {
  fixture = await createFixture(
    Object.fromEntries(binaries.map(([path, version]) => [path, `#!/bin/sh\necho ${version}\n`])),
  );
  for (const [path] of binaries) chmodSync(fixture.getPath(path), 0o755);
  return fixture.path;
}

it("gives the Node.js that runs this for its own major", async () => {
  expect(await findNode(majorOf(OWN_NODE.version), {})).toEqual(OWN_NODE);
});

it("gives nothing where there is none", async () => {
  const home = await machine();
  expect(await findNode(MAJOR, { HOME: home, PATH: home })).toBeNull();
});

it.runIf(process.platform !== "win32").each([
  [".nvm/versions/node/v77.10.1/bin/node", {}],
  [".local/share/fnm/node-versions/v77.10.1/installation/bin/node", {}],
  [".volta/tools/image/node/77.10.1/bin/node", {}],
  [".asdf/installs/nodejs/77.10.1/bin/node", {}],
  [".local/share/mise/installs/node/77.10.1/bin/node", {}],
  [`cache/node/77.10.1/${process.arch}/bin/node`, { RUNNER_TOOL_CACHE: "cache" }],
  ["bin/node77", {}],
  ["bin/node", {}],
])("finds %s", async (path, env) => {
  const home = await machine([path, "v77.10.1"]);
  const absolute = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, fixture.getPath(value)]),
  );
  const found = await findNode(MAJOR, { HOME: home, PATH: fixture.getPath("bin"), ...absolute });
  expect(found).toEqual({ path: fixture.getPath(path), version: "77.10.1" });
});

it.runIf(process.platform !== "win32")(
  "takes the newest, and passes over what is of another major",
  async () => {
    const home = await machine(
      [".nvm/versions/node/v77.9.0/bin/node", "v77.9.0"],
      [".nvm/versions/node/v77.10.0/bin/node", "v77.10.0"],
      [".nvm/versions/node/v77.11.0/bin/node", "v20.0.0"],
      [".nvm/versions/node/v7.7.0/bin/node", "v7.7.0"],
    );
    expect(await findNode(MAJOR, { HOME: home })).toMatchObject({ version: "77.10.0" });
  },
);

it.runIf(process.platform !== "win32")("takes the one that is named before all", async () => {
  const home = await machine(["here", "v77.0.0"], [".nvm/versions/node/v77.9.0/bin/node", "v77.9.0"]);
  expect(await findNode(MAJOR, { HOME: home, SLUICE_NODE_77: fixture.getPath("here") })).toMatchObject({
    version: "77.0.0",
  });
});
