import { chmodSync } from "node:fs";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, problemsOf, unpacked } from "../testing/repository.ts";

const READING = `import { readFileSync, readdirSync } from "node:fs";
import path, { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
const here = dirname(fileURLToPath(import.meta.url));
const text = (file: string | URL) => readFileSync(file, "utf8");
// readFileSync(join(__dirname, "commented.txt"))
const said = "join(__dirname, 'said.txt')";
export const handler = () => [
  text(new URL("./a.txt", import.meta.url)),
  text(fileURLToPath(new URL("my%20b.txt", import.meta.url))),
  text(path.join(__dirname, "templates", "c.txt")),
  text(join(import.meta.dirname, "./d.txt")),
  text(path.resolve(here, 'deep/e.txt')),
  text(\`\${__dirname}/f.txt\`),
  text(__dirname + "/g.txt"),
  readdirSync(join(here, "templates")).join(),
  said.length,
];`;

const FILES = {
  ...{ "src/a.txt": "a", "src/my b.txt": "b", "src/templates/c.txt": "c", "src/templates/x/y.txt": "y" },
  ...{ "src/d.txt": "d", "src/deep/e.txt": "e", "src/f.txt": "f", "src/g.txt": "g" },
  ...{ "src/commented.txt": "", "src/said.txt": "" },
};

describe("files that sources name relative to themselves", () => {
  it.each([
    ["esm", "index.handler"],
    ["cjs", "index.handler"],
    ["esm", "api/v1/orders.handler"],
  ] as const)("stand where the bundle looks for them (%s, %s)", async (format, handler) => {
    await using fixture = await createFixture({ ...FILES, "src/a.ts": READING });
    const run = await bundleAll(fixture.path, [functionOf("a", { format, handler })]);
    expect(run.notices).toEqual([]);
    expect(await invoke(one(run), {})).toEqual(["a", "b", "c", "d", "e", "f", "g", "c.txt,x", 27]);
    const names = Object.keys(unpacked(one(run))).join("\n");
    expect(names).not.toMatch(/commented|said/);
  });

  it("come from every bundled source, and from none that is installed or left out", async () => {
    await using fixture = await createFixture({
      "src/lib/mail.ts":
        'import { readFileSync } from "node:fs"; export const mail = () => readFileSync(new URL("./mail.txt", import.meta.url), "utf8");',
      "src/lib/mail.txt": "mail",
      "node_modules/p/index.js": "require('fs'); exports.x = () => require('path').join(__dirname, 'p.txt');",
      "node_modules/p/p.txt": "",
      "src/a.ts":
        'import { mail } from "./lib/mail"; import { x } from "p"; export const handler = () => [mail(), typeof x];',
    });
    const run = await bundleAll(fixture.path, [functionOf("a")]);
    expect(await invoke(one(run), {})).toEqual(["mail", "function"]);
    expect(Object.keys(unpacked(one(run)))).toEqual(["index.mjs", "index.mjs.map", "mail.txt"]);
  });

  it("are a reason to build again when they change", async () => {
    await using fixture = await createFixture({
      "src/a.ts":
        'import { readFileSync } from "node:fs"; export const handler = () => readFileSync(new URL("./a.txt", import.meta.url), "utf8");',
      "src/a.txt": "one",
    });
    const all = [functionOf("a")];
    expect(one(await bundleAll(fixture.path, all)).cached).toBe(false);
    expect(one(await bundleAll(fixture.path, all)).cached).toBe(true);
    await fixture.writeFile("src/a.txt", "two!");
    const again = one(await bundleAll(fixture.path, all));
    expect(again.cached).toBe(false);
    expect(await invoke(again, {})).toBe("two!");
  });

  it("are seen when they appear in a folder that was taken whole", async () => {
    await using fixture = await createFixture({
      "src/a.ts":
        'import { readdirSync } from "node:fs"; import { join } from "node:path"; export const handler = () => readdirSync(join(__dirname, "t"));',
      "src/t/a.txt": "",
    });
    const build = async () => one(await bundleAll(fixture.path, [functionOf("a")]));
    await build();
    expect((await build()).cached).toBe(true);
    await fixture.mkdir("src/t/deep");
    await fixture.writeFile("src/t/deep/b.txt", "");
    expect(await invoke(await build(), {})).toEqual(["a.txt", "deep"]);
    expect((await build()).cached).toBe(true);
    chmodSync(join(fixture.path, "src/t/a.txt"), 0o755);
    const executable = await build();
    expect(executable.cached).toBe(false);
    expect(executable.manifest.files.find(({ path }) => path === "t/a.txt")?.mode).toBe(0o755);
    await fixture.rm("src/t/deep");
    expect(await invoke(await build(), {})).toEqual(["a.txt"]);
  });

  it("are packed once they are there", async () => {
    await using fixture = await createFixture({
      "src/a.ts":
        'import { readFileSync } from "node:fs"; import { join } from "node:path"; export const handler = () => readFileSync(join(__dirname, "late.txt"), "utf8");',
    });
    const build = async () => one(await bundleAll(fixture.path, [functionOf("a")]));
    await build();
    expect((await build()).cached).toBe(true);
    await fixture.writeFile("src/late.txt", "here");
    expect(await invoke(await build(), {})).toBe("here");
    chmodSync(join(fixture.path, "src/late.txt"), 0o755);
    expect((await build()).manifest.files.find(({ path }) => path === "late.txt")?.mode).toBe(0o755);
  });

  it("are told with their place when they cannot be packed", async () => {
    await using fixture = await createFixture({
      "src/a.ts": `import { join } from "node:path";
export const gone = () => new URL("./gone.txt", import.meta.url);
export const above = () => join(__dirname, "../templates/t.txt");
export const worker = () => new Worker(new URL("./worker.ts", import.meta.url));
export const root = () => [join(__dirname, ".."), new URL(".", import.meta.url), new URL("https://a.b/c", import.meta.url)];
export const secret = () => join(__dirname, ".env");
export const handler = () => [gone, above, worker, root, secret];`,
      "templates/t.txt": "",
      "src/.env": "",
      "src/worker.ts": "",
    });
    const { notices, artifacts } = await bundleAll(fixture.path, [functionOf("a")]);
    const told = (text: string) => notices.find((notice) => notice.includes(text));
    expect(told("gone.txt")).toMatch(/src\/a\.ts:2 names \.\/gone\.txt, which does not exist/);
    expect(told("t.txt")).toMatch(/src\/a\.ts:3 .*outside of the deployment package.*assets/);
    expect(told("worker.ts")).toMatch(/src\/a\.ts:4 .*worker/);
    expect(told(".env")).toMatch(/not packed/);
    expect(notices).toHaveLength(4);
    expect(artifacts[0]?.manifest.files.map(({ path }) => path)).toEqual(["index.mjs", "index.mjs.map"]);
    const deeper = await bundleAll(fixture.path, [functionOf("a", { handler: "src/index.handler" })]);
    expect(deeper.artifacts[0]?.manifest.files.map(({ path }) => path)).toContain("templates/t.txt");
  });

  it("are refused when two sources want different ones at one place, unless assets decide", async () => {
    const source = (name: string) => `export const ${name} = () => new URL("./t.txt", import.meta.url);`;
    const files = {
      "src/a.ts":
        'import { one } from "./one/x"; import { two } from "./two/x"; export const handler = () => [one, two];',
      ...{ "src/one/x.ts": source("one"), "src/two/x.ts": source("two") },
      ...{ "src/one/t.txt": "one", "src/two/t.txt": "two" },
    };
    await using fixture = await createFixture(files);
    const [problem] = await problemsOf(fixture.path, functionOf("a"));
    expect(problem).toMatchObject({ code: "SLUICE_REFERENCE_CONFLICT", where: "src/two/x.ts:1" });
    const assets = [{ from: "src/two/t.txt", to: "t.txt" }];
    const decided = one(await bundleAll(fixture.path, [functionOf("a", { assets })]));
    expect(unpacked(decided)["t.txt"]).toBe("two");
    await fixture.writeFile("src/two/t.txt", "one");
    expect(unpacked(one(await bundleAll(fixture.path, [functionOf("a")])))["t.txt"]).toBe("one");
  });
});
