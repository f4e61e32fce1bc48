import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import type { ResolvedFunction } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, describe, expect, it } from "vitest";
import { bundleAll, functionOf, type Run } from "../testing/repository.ts";
import { OWN_NODE } from "./find-node.ts";

let fixture: FsFixture;
afterEach(() => fixture?.rm());

const RUNTIME = `nodejs${OWN_NODE.version.split(".")[0]}.x`;
const HANDLER = "\nexport const handler = async (): Promise<number> => 1;\n";
const TABLE = 'if (!process.env["TABLE"]) throw new Error("TABLE is missing");';

async function check(
  files: Record<string, string>,
  overrides: Partial<ResolvedFunction> = {},
  env: Record<string, string> = {},
): Promise<Run> {
  fixture = await createFixture(files);
  const checked = { importCheck: { enabled: true, env }, runtime: RUNTIME, runtimeDeclared: true };
  return bundleAll(fixture.path, [functionOf("api", { ...checked, ...overrides })]);
}

function proved(run: Run): boolean {
  return run.context.lines.some(
    ({ message }) => message.startsWith("api: ") && message.includes("loads from the zip"),
  );
}

describe("a handler that loads", () => {
  it.each([
    ["ESM", "index.handler", { "package/index.mjs": "export const handler = () => 1;" }],
    ["CommonJS", "index.handler", { "package/index.js": "exports.handler = () => 1;" }],
    ["a .cjs file", "index.handler", { "package/index.cjs": "exports.handler = () => 1;" }],
    ["no extension", "index.handler", { "package/index": "exports.handler = () => 1;" }],
    [
      "a .js file of an ESM package",
      "index.handler",
      { "package/index.js": "export const handler = () => 1;", "package/package.json": '{"type":"module"}' },
    ],
    ["nested names", "a/b.api.get", { "package/a/b.js": "exports.api = { get() {} };" }],
    [
      "an installed package",
      "app.handler",
      { "package/node_modules/app/index.js": "exports.handler = () => 1;" },
    ],
    [
      "a stream",
      "index.handler",
      { "package/index.mjs": "export const handler = awslambda.streamifyResponse(async () => {});" },
    ],
    [
      "a module that finds what Lambda gives it",
      "index.handler",
      {
        "package/index.mjs": `import { existsSync } from "node:fs";
const { LAMBDA_TASK_ROOT, AWS_REGION, _HANDLER, HOME, PATH, AWS_LAMBDA_FUNCTION_NAME, TZ } = process.env;
if (process.cwd() !== LAMBDA_TASK_ROOT || !import.meta.url.includes(LAMBDA_TASK_ROOT)) throw new Error("root");
if (_HANDLER !== "index.handler" || !AWS_REGION || AWS_LAMBDA_FUNCTION_NAME !== "api" || TZ !== ":UTC") throw new Error("env");
if (!existsSync(HOME) || PATH.includes("node_modules")) throw new Error("home");
if (process.env.AWS_ACCESS_KEY_ID !== undefined) throw new Error("credentials");
export const handler = () => 1;`,
      },
    ],
  ])("as %s", async (_, handler, files) => {
    const run = await check(files as Record<string, string>, { source: "folder", entry: "package", handler });
    expect(run.notices).toEqual([]);
    expect(proved(run)).toBe(true);
  });

  it("with timers, noise and a false verdict", async () => {
    const source = `import { writeSync } from "node:fs";
setInterval(() => {}, 1000);
for (let i = 0; i < 2000; i++) console.log("x".repeat(1000)), console.error("y".repeat(1000));
try { writeSync(3, '{"type":"verdict","verdict":{"kind":"value","found":"object"}}\\n'); } catch {}
process.on("exit", () => { for (;;); });${HANDLER}`;
    const run = await check({ "src/api.ts": source });
    expect(proved(run)).toBe(true);
  });

  it("with a rejection that only the missing network causes", async () => {
    const run = await check({ "src/api.ts": `void fetch("http://127.0.0.1:8123/");${HANDLER}` });
    expect([run.notices, proved(run)]).toEqual([[], true]);
  });
});

describe("environment variables", () => {
  it("are made up where the module fails without them, and that is told", async () => {
    const run = await check({ "src/api.ts": `${TABLE}\nnew URL(process.env["API"] ?? "");${HANDLER}` });
    expect(run.notices).toHaveLength(1);
    expect(run.notices[0]).toContain("TABLE is missing");
    expect(run.notices[0]).toMatch(/importCheck: \{ env: \{ TABLE: "…"/);
  });

  it("come from the configuration", async () => {
    const run = await check({ "src/api.ts": `${TABLE}${HANDLER}` }, {}, { TABLE: "orders" });
    expect([run.notices, proved(run)]).toEqual([[], true]);
  });

  it("have values that their names promise", async () => {
    const source = `const env = process.env as Record<string, string>;
new URL(env["ORDERS_URL"]);
if (!(Number(env["PORT"]) > 0)) throw new Error("PORT");
if (!/^arn:aws/.test(env["TOPIC_ARN"] ?? "")) throw new Error("TOPIC_ARN");`;
    const run = await check({ "src/api.ts": source + HANDLER });
    expect(run.notices[0]).toContain("TOPIC_ARN");
  });

  it("can be set and removed, those that Lambda gives too", async () => {
    const source = `process.env["HOME"] = "/tmp";
process.env["FRESH"] = "1";
delete process.env["LANG"];
if (process.env["HOME"] + process.env["FRESH"] + String(process.env["LANG"]) !== "/tmp1undefined") throw new Error("env");`;
    const run = await check({ "src/api.ts": source + HANDLER });
    expect([run.notices, proved(run)]).toEqual([[], true]);
  });

  it("are not those of this process", async () => {
    process.env["SLUICE_SECRET_OF_A_TEST"] = "secret";
    const leak = 'if (process.env["SLUICE_SECRET_OF_A_TEST"] === "secret") process.exit(3);';
    const run = await check({ "src/api.ts": leak + HANDLER });
    delete process.env["SLUICE_SECRET_OF_A_TEST"];
    expect([run.notices, proved(run)]).toEqual([[], true]);
  });

  it("decide on a path that is put together from one", async () => {
    const source = `import { readFileSync } from "node:fs";
export const text = readFileSync(\`\${import.meta.dirname}/\${process.env["STAGE"]}.json\`);`;
    const run = await check({ "src/api.ts": source + HANDLER });
    expect(run.notices.join()).toContain("proves nothing");
  });
});

describe("what cannot be proved is told, and passes", () => {
  it("the module's own error", async () => {
    const run = await check({ "src/api.ts": `throw new RangeError("not today");${HANDLER}` });
    expect(run.notices).toEqual([
      "api: the import check proves nothing: its module throws while it is loaded: RangeError: not today.",
    ]);
  });

  it("an address that the check made up, without its name", async () => {
    const source = `const url = new URL(process.env["ORDERS_URL"] ?? "");
const { connect } = await import("node:net");
await new Promise((_, reject) => connect(443, url.hostname).on("error", reject));`;
    const run = await check({ "src/api.ts": source + HANDLER });
    expect(run.notices).toEqual([
      "api: the import check proves nothing: its module uses what is off in the check while it is loaded: connect to an address of its environment.",
    ]);
  });

  it("credentials that Lambda has, without a word", async () => {
    const source =
      'if (!process.env["AWS_ACCESS_KEY_ID"] && !process.env["AWS_ROLE_ARN"]) throw new Error("no credentials");';
    const run = await check({ "src/api.ts": source + HANDLER });
    expect([run.notices, proved(run)]).toEqual([[], true]);
  });

  it.each([
    ["fetch", 'await fetch("http://127.0.0.1:PORT/");'],
    [
      "a socket",
      'const { connect } = await import("node:net"); await new Promise((r, j) => connect(PORT, "127.0.0.1", r).on("error", j));',
    ],
    [
      "a thread",
      'const { Worker } = await import("node:worker_threads"); await new Promise((r, j) => new Worker("fetch(\'http://127.0.0.1:PORT/\').catch((e) => { throw e.cause; })", { eval: true }).on("error", j));',
    ],
    [
      "a process",
      'const { execFileSync } = await import("node:child_process"); execFileSync(process.execPath, ["-e", "fetch(\'http://127.0.0.1:PORT/\')"]);',
    ],
    ["a look-up", 'const { lookup } = await import("node:dns/promises"); await lookup("localhost");'],
  ])("a use of the network, which is never reached: %s", async (_, source) => {
    let reached = 0;
    const server = createServer((socket) => {
      reached += 1;
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    try {
      const run = await check({ "src/api.ts": source.replaceAll("PORT", String(port)) + HANDLER });
      expect(run.notices.join()).toContain("api: the import check proves nothing");
      expect(reached).toBe(0);
    } finally {
      server.close();
    }
  });
});

it("names the folder for temporary files that cannot be used, and leaves no artifact", async () => {
  const given = process.env["TMPDIR"];
  fixture = await createFixture({ "src/api.ts": HANDLER });
  process.env["TMPDIR"] = fixture.getPath("nowhere");
  try {
    const checked = { importCheck: { enabled: true, env: {} }, runtime: RUNTIME, runtimeDeclared: true };
    await expect(bundleAll(fixture.path, [functionOf("api", checked)])).rejects.toMatchObject({
      code: "SLUICE_CHECK_FOLDER_UNWRITABLE",
      hint: expect.stringContaining("TMPDIR"),
    });
    expect(await fixture.exists(".sluice/artifacts/api.zip")).toBe(false);
  } finally {
    if (given === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = given;
  }
});

it("leaves nothing behind", async () => {
  const given = process.env["TMPDIR"];
  await using temporary = await createFixture({ ".keep": "" });
  process.env["TMPDIR"] = temporary.path;
  try {
    const source = `import { writeFileSync } from "node:fs";\nimport { tmpdir } from "node:os";
writeFileSync("here", "");\nwriteFileSync(\`\${tmpdir()}/there\`, "");${HANDLER}`;
    expect(proved(await check({ "src/api.ts": source }))).toBe(true);
  } finally {
    if (given === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = given;
  }
  // The fixture of the repository stands there, too.
  expect(readdirSync(temporary.path).filter((name) => name.startsWith("sluice-"))).toEqual([]);
});
