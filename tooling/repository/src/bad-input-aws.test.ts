import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, type Fault, type FaultProxy, startEmulator, startProxy } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Printed } from "./deployed-world.ts";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import type { Ran } from "./run-process.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";
import { createStub, inspect, type Place } from "./stub-function.ts";

const ACCOUNT = "111111111111";
let emulator: Emulator;
let proxy: FaultProxy;
/** Operation → what AWS would answer, where the emulator has no such answer. */
const faults = new Map<string, Fault>();
const repositories: FunctionRepository[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
  proxy = await startProxy(emulator.endpoint, {
    intercept: ({ operation }) => faults.get(operation) ?? null,
  });
});
afterAll(async () => {
  await proxy?.stop();
  await emulator?.stop();
});
afterEach(async () => {
  faults.clear();
  for (const repository of repositories.splice(0)) await repository.dispose();
});

const place = (): Place => ({ endpoint: emulator.endpoint, account: ACCOUNT, region: "eu-west-1" });

type Result = Printed & { readonly errors?: readonly { readonly code: string }[] };

interface Tried extends Ran {
  readonly printed: Result;
  /** The code that the run or its one target failed with. */
  readonly code: string | undefined;
  readonly message: string;
}

let serial = 0;

/** A function behind the alias `live`, and a repository that deploys to it. */
async function made(
  environment: object = {},
  fn: object = {},
  stub: Parameters<typeof createStub>[2] = {},
): Promise<{ readonly name: string; run(...args: string[]): Promise<Tried> }> {
  const name = `bad-${++serial}`;
  await createStub(place(), name, { alias: "live", ...stub });
  const dev = { region: "eu-west-1", account: ACCOUNT, name, alias: "live", ...environment };
  const config = { functions: { orders: { entry: "orders.mjs", ...fn } }, environments: { dev } };
  const repository = await createRepository({
    "package.json": '{"version":"1.0.0","type":"module"}',
    "sluice.config.json": JSON.stringify(config),
    "orders.mjs": "export const handler = async () => 1;\n",
  });
  repositories.push(repository);
  const env = jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: proxy.endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "secret-of-a-test",
  });
  const run = async (...args: string[]): Promise<Tried> => {
    const ran = await sluice(repository.path, [...args, "--json"], env);
    const printed = JSON.parse(ran.stdout) as Result;
    const [target] = printed.targets ?? [];
    const error = (printed.error ?? target?.error ?? undefined) as Printed["error"];
    return { ...ran, printed, code: error?.code, message: error?.message ?? "" };
  };
  return { name, run };
}

const json = (name: string, status: number, message: string): Fault => ({
  status,
  headers: { "content-type": "application/json", "x-amzn-errortype": name, "x-amzn-requestid": "request-7" },
  body: JSON.stringify({ message }),
});

/** Code that is live behind the alias, and how many versions there are: nothing may have changed. */
async function untouched(name: string): Promise<void> {
  const { version, versions } = await inspect(place(), name, "live");
  expect([version, versions]).toEqual(["1", ["1"]]);
}

describe("what AWS refuses is told with its name and request id, and callers keep what they have", () => {
  it.each<[string, string, Fault, string]>([
    [
      "code signing",
      "UpdateFunctionCode",
      json("CodeVerificationFailedException", 400, "Lambda cannot deploy the function."),
      "SLUICE_AWS_CODE_SIGNING",
    ],
    [
      "a damaged signature",
      "UpdateFunctionCode",
      json("InvalidCodeSignatureException", 400, "The code signature failed the integrity check."),
      "SLUICE_AWS_CODE_SIGNING",
    ],
    [
      "a KMS key",
      "UpdateFunctionCode",
      json("KMSAccessDeniedException", 502, "Lambda was unable to decrypt."),
      "SLUICE_AWS_KMS_DENIED",
    ],
    [
      "a KMS key, as IAM says it",
      "UpdateFunctionCode",
      json("AccessDeniedException", 403, "not authorized to perform: kms:GenerateDataKey on resource: key/1"),
      "SLUICE_AWS_DENIED",
    ],
  ])("%s", async (_what, operation, fault, code) => {
    const { name, run } = await made();
    faults.set(operation, fault);
    const ran = await run("deploy");
    expect([ran.exitCode, ran.code]).toEqual([4, code]);
    expect(ran.message).toMatch(/Exception: .*\(request request-7\)/);
    expect(ran.stderr).toContain(code);
    await untouched(name);
  });

  it("a clock that is off is told as such, and by how much", async () => {
    const { name, run } = await made();
    const date = new Date(Date.now() + 1_200_000).toUTCString();
    const refusal = json("InvalidSignatureException", 403, "Signature expired") as Extract<
      Fault,
      { status: number }
    >;
    faults.set("GetFunction", { ...refusal, headers: { ...refusal.headers, date } });
    const ran = await run("plan");
    expect([ran.exitCode, ran.code]).toEqual([2, "SLUICE_CLOCK_SKEWED"]);
    expect(ran.printed.error?.hint).toContain("20 minutes ahead");
    await untouched(name);
  });

  it("a bucket of another account is no bucket of another region, nor an absent one", async () => {
    const { name, run } = await made({ store: "s3://code-of-others/team" });
    const body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    faults.set("ListObjectsV2", { status: 403, body, headers: { "x-amz-request-id": "request-8" } });
    const ran = await run("deploy");
    expect([ran.exitCode, ran.code]).toEqual([4, "SLUICE_AWS_DENIED"]);
    expect(ran.message).toContain("request-8");
    expect(ran.printed.targets[0]?.error).toMatchObject({
      hint: expect.stringContaining("another account's"),
    });
    await untouched(name);
  });
});

describe("names that are no function's", () => {
  it.each([
    ["arn:aws:lambda:us-east-1:111111111111:function:{function}", "SLUICE_TARGET_ELSEWHERE"],
    ["arn:aws:lambda:eu-west-1:999999999999:function:{function}", "SLUICE_TARGET_ELSEWHERE"],
    ["111111111111:function:{function}", "SLUICE_TARGET_NAME_INVALID"],
    ["{function}:live", "SLUICE_TARGET_NAME_INVALID"],
  ])("%s", async (name, code) => {
    const { run } = await made({ name });
    for (const command of ["plan", "deploy", "rollback"]) {
      const ran = await run(command);
      expect([command, ran.exitCode, ran.code]).toEqual([command, 2, code]);
    }
  });
});

describe("functions that the artifact does not fit", () => {
  it.each<[string, Parameters<typeof createStub>[2], string]>([
    ["another language", { Runtime: "python3.13", Handler: "app.handler" }, "SLUICE_RUNTIME_MISMATCH"],
    ["another runtime", { Runtime: "nodejs18.x" }, "SLUICE_RUNTIME_MISMATCH"],
    ["another handler", { Handler: "app.handler" }, "SLUICE_HANDLER_MISMATCH"],
    [
      "another package type",
      { PackageType: "Image", Runtime: undefined, Handler: undefined, Code: { ImageUri: "r/i:1" } },
      "SLUICE_PACKAGE_TYPE_MISMATCH",
    ],
  ])("%s", async (_what, stub, code) => {
    const { run } = await made({}, {}, stub);
    for (const command of ["plan", "deploy"]) {
      const ran = await run(command);
      expect([command, ran.exitCode, ran.code]).toEqual([command, 3, code]);
    }
    // Told once: the row has the code alone.
    expect((await run("plan")).stderr.match(/→ /g)).toHaveLength(2);
  });
});

it("the JUnit report has what stopped the run", async () => {
  const { run } = await made({ name: "{function}:live" });
  const repository = repositories.at(-1);
  await run("plan", "--junit", "junit.xml");
  expect(await readFile(join(repository?.path ?? "", "junit.xml"), "utf8")).toContain(
    'type="SLUICE_TARGET_NAME_INVALID"',
  );
});
