import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, unpacked } from "../testing/repository.ts";

const SHA = "sha512-3p6ZR26DlAaKPuVqtfXs3bVMNKvGBXsyVfzyVvoPMXRPjYZ6lMrWZkVWrHzPDf4wLBrnDCZ1AaD+sSlBXMB8gA==";

/** `node_modules` paths → versions, as npm's lockfiles have them. */
function npm(places: Readonly<Record<string, string>>, hidden = false): string {
  const packages = Object.entries(places).map(([place, version]) => [
    place,
    { version, resolved: "https://registry.npmjs.org/x.tgz", integrity: SHA },
  ]);
  const names = Object.keys(places).filter((place) => place.split("node_modules/").length === 2);
  const dependencies = Object.fromEntries(names.map((name) => [name.slice("node_modules/".length), "*"]));
  const root = hidden ? {} : { "": { name: "app", dependencies } };
  return JSON.stringify({
    name: "app",
    lockfileVersion: 3,
    packages: { ...root, ...Object.fromEntries(packages) },
  });
}

function pnpm(packages: Readonly<Record<string, string>>): string {
  const each = (line: (name: string, version: string) => string): string =>
    Object.entries(packages)
      .map(([name, version]) => line(name, version))
      .join("");
  return `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    dependencies:
${each((name, version) => `      ${name}:\n        specifier: ^${version}\n        version: ${version}\n`)}
packages:

${each((name, version) => `  ${name}@${version}:\n    resolution: {integrity: ${SHA}}\n\n`)}
snapshots:

${each((name, version) => `  ${name}@${version}: {}\n\n`)}`;
}

const berry = (packages: Readonly<Record<string, string>>): string =>
  `__metadata:\n  version: 8\n  cacheKey: 10c0\n\n${Object.entries(packages)
    .map(
      ([name, version]) =>
        `"${name}@npm:^${version}":\n  version: ${version}\n  resolution: "${name}@npm:${version}"\n  checksum: 10c0/aa\n  languageName: node\n  linkType: hard\n`,
    )
    .join("\n")}`;

const classic = (packages: Readonly<Record<string, string>>): string =>
  `# yarn lockfile v1\n\n${Object.entries(packages)
    .map(
      ([name, version]) =>
        `${name}@^${version}:\n  version "${version}"\n  resolved "https://registry.yarnpkg.com/x.tgz#aa"\n  integrity ${SHA}\n`,
    )
    .join("\n")}`;

const bun = (packages: Readonly<Record<string, string>>): string => `{
  "lockfileVersion": 1,
  "workspaces": { "": { "name": "app", "dependencies": ${JSON.stringify(packages)}, }, },
  "packages": {
${Object.entries(packages)
  .map(([name, version]) => `    "${name}": ["${name}@${version}", "", {}, "${SHA}"],`)
  .join("\n")}
  }
}
`;

const fromNames = (packages: Readonly<Record<string, string>>): string =>
  npm(
    Object.fromEntries(Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, version])),
  );

const FORMATS: readonly [string, (packages: Readonly<Record<string, string>>) => string][] = [
  ["package-lock.json", fromNames],
  ["pnpm-lock.yaml", pnpm],
  ["yarn.lock", classic],
  ["yarn.lock", berry],
  ["bun.lock", bun],
];

const FILES = {
  ".git/HEAD": "",
  "src/a.ts": 'import dep from "dep"; export const handler = () => dep;',
  "src/b.ts": 'import other from "other"; export const handler = () => other;',
  "node_modules/dep/package.json": '{"name":"dep","version":"1.0.0","main":"x.js"}',
  "node_modules/dep/x.js": 'module.exports = require("inner");',
  "node_modules/inner/package.json": '{"name":"inner","version":"1.0.0","main":"x.js"}',
  "node_modules/inner/x.js": 'module.exports = "inner one";',
  "node_modules/other/package.json": '{"name":"other","version":"1.0.0","main":"x.js"}',
  "node_modules/other/x.js": 'module.exports = "other";',
};

const BEFORE = { dep: "1.0.0", inner: "1.0.0", other: "1.0.0" };

async function run(root: string): Promise<string[]> {
  const { artifacts } = await bundleAll(root, [functionOf("a"), functionOf("b")]);
  return artifacts.map((artifact) => (artifact.cached ? "cached" : "built"));
}

describe("a lockfile that changes", () => {
  it.each(FORMATS)("has the functions built anew that it is about: %s, %O", async (name, text) => {
    await using fixture = await createFixture({ ...FILES, [name]: text(BEFORE) });
    const lock = (packages: Readonly<Record<string, string>>): void =>
      writeFileSync(join(fixture.path, name), text(packages));
    expect(await run(fixture.path)).toEqual(["built", "built"]);
    lock({ ...BEFORE, stranger: "1.0.0" });
    expect(await run(fixture.path)).toEqual(["cached", "cached"]);
    lock({ ...BEFORE, stranger: "2.0.0" });
    expect(await run(fixture.path)).toEqual(["cached", "cached"]);
    lock(BEFORE);
    expect(await run(fixture.path)).toEqual(["cached", "cached"]);
    lock({ ...BEFORE, other: "1.1.0" });
    expect(await run(fixture.path)).toEqual(["cached", "built"]);
    lock({ ...BEFORE, other: "1.1.0", inner: "1.1.0" });
    expect(await run(fixture.path)).toEqual(["built", "cached"]);
  });

  it("counts as a whole while it cannot be understood", async () => {
    await using fixture = await createFixture({ ...FILES, "yarn.lock": classic(BEFORE) });
    await run(fixture.path);
    writeFileSync(join(fixture.path, "yarn.lock"), `<<<<<<< ours\n${classic(BEFORE)}`);
    expect(await run(fixture.path)).toEqual(["built", "built"]);
    expect(await run(fixture.path)).toEqual(["cached", "cached"]);
  });
});

const yarnState = (places: readonly string[]): string =>
  `__metadata:\n  version: 1\n  nmMode: classic\n\n${places
    .map((place) => `"${place}@npm:1.0.0":\n  locations:\n    - "${place}"\n`)
    .join("\n")}`;

const pnpmState = (places: readonly string[]): string =>
  JSON.stringify(
    {
      hoistedLocations: Object.fromEntries(places.map((place, at) => [`x@${at}`, [place]])),
      nodeLinker: "hoisted",
      prunedAt: places.length,
    },
    null,
    2,
  );

const npmState = (places: readonly string[]): string =>
  npm(Object.fromEntries(places.map((place) => [place, "1.0.0"])), true);

const PLACES = ["node_modules/dep", "node_modules/inner", "node_modules/other"];

describe("what a package manager says of what it installed", () => {
  it.each([
    [".package-lock.json", npmState],
    [".modules.yaml", pnpmState],
    [".yarn-state.yml", yarnState],
  ])("tells of a nested copy: %s", async (name, text) => {
    await using fixture = await createFixture({ ...FILES, [`node_modules/${name}`]: text(PLACES) });
    const write = (path: string, content: string): void => {
      mkdirSync(dirname(join(fixture.path, path)), { recursive: true });
      writeFileSync(join(fixture.path, path), content);
    };
    const state = (more: string): void => write(`node_modules/${name}`, text([...PLACES, more]));
    expect(await run(fixture.path)).toEqual(["built", "built"]);
    state("node_modules/stranger");
    expect(await run(fixture.path)).toEqual(["cached", "cached"]);
    state("node_modules/dep/node_modules/inner");
    write("node_modules/dep/node_modules/inner/package.json", '{"name":"inner","main":"x.js"}');
    write("node_modules/dep/node_modules/inner/x.js", 'module.exports = "inner two";');
    const [a, b] = (await bundleAll(fixture.path, [functionOf("a"), functionOf("b")])).artifacts;
    expect([a?.cached, b?.cached]).toEqual([false, true]);
    expect(a && unpacked(a)["index.mjs"]).toContain("inner two");
    expect(existsSync(join(fixture.path, ".sluice/cache/objects"))).toBe(true);
    expect(one(await bundleAll(fixture.path, [functionOf("a")])).cached).toBe(true);
  });
});
