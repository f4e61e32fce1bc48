import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Edge, startEdge } from "@sluice/test-kit";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const entry = fileURLToPath(new URL("../dist/index.js", import.meta.url));

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge(() => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: "{}",
  }));
});
afterAll(async () => {
  await edge.stop();
});

/** Runs `body` in a process of its own, as built; gives what it printed as JSON, and its stderr. */
async function inProcess(body: string): Promise<{ value: string[]; stderr: string }> {
  const script = `
    import { createRequire } from "node:module";
    import { openAws } from ${JSON.stringify(entry)};
    const loaded = () => [...new Set(Object.keys(createRequire(import.meta.url).cache)
      .map((path) => /node_modules\\/(@aws-sdk\\/[^/]+)\\/dist-cjs/.exec(path.replaceAll("\\\\", "/"))?.[1]).filter(Boolean))];
    const context = { env: process.env, signal: new AbortController().signal, concurrency: 8, now: Date.now,
      redact: (text) => text, sleep: () => Promise.resolve() };
    const aws = openAws(context, { region: "eu-west-1", profile: null, role: null });
    ${body}
    console.log(JSON.stringify(loaded()));`;
  const env = {
    PATH: process.env["PATH"] ?? "",
    AWS_ENDPOINT_URL: edge.endpoint,
    AWS_ACCESS_KEY_ID: "111111111111",
    AWS_SECRET_ACCESS_KEY: "secret-key",
  };
  const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", script], { env });
  return { value: JSON.parse(stdout), stderr };
}

it("loads no SDK before the first call", async () => {
  expect((await inProcess("")).value).toEqual([]);
});

it("loads Lambda's client alone for a call to Lambda with keys from the environment, and says nothing", async () => {
  const { value, stderr } = await inProcess('await aws.lambda.getFunction({ FunctionName: "x" });');
  expect(value).toContain("@aws-sdk/client-lambda");
  const others =
    /client-(s3|sts|cloudwatch|codedeploy)|credential-provider(s|-ini|-sso|-process|-web-identity|-http|-login)$|nested-clients|token-providers/;
  expect(value.filter((name) => others.test(name))).toEqual([]);
  expect(stderr).toBe("");
});

it("keeps every other warning", async () => {
  const { stderr } = await inProcess(
    'await aws.lambda.getFunction({ FunctionName: "x" }); process.emitWarning("something else");',
  );
  expect(stderr).toContain("something else");
  expect(stderr).not.toContain("NodeVersionSupportWarning");
});
