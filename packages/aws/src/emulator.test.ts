import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { CreateAliasCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { GateInput, SluiceError } from "@sluice/core";
import { type Emulator, startEmulator, type TestContext, testContext } from "@sluice/test-kit";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accountGate } from "./account-gate.ts";
import { type Aws, openAws } from "./aws.ts";
import { classifyAwsError } from "./classify.ts";
import { withoutVersionWarning } from "./version-warning.ts";

const DEV = "111111111111";
const STAGING = "222222222222";
const PROD = "333333333333";
const REGION = "eu-west-1";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator.stop();
});

function contextOf(account: string): TestContext {
  const env = {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "secret-key",
  };
  return testContext({ cwd: tmpdir(), env: { ...env, AWS_EC2_METADATA_DISABLED: "true" } });
}

function open(account: string, role: string | null = null, region = REGION): Aws {
  return openAws(contextOf(account), { region, profile: null, role });
}

/** Clients of the test's own, for what Sluice never does: creating things. */
function admin(account: string): { lambda: LambdaClient; s3: S3Client } {
  const credentials = { accessKeyId: account, secretAccessKey: "secret-key" };
  const config = { region: REGION, endpoint: emulator.endpoint, credentials };
  return withoutVersionWarning(() => ({
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  }));
}

const handler = (answer: string): Uint8Array =>
  zipSync({ "index.js": strToU8(`exports.handler = async () => ${JSON.stringify(answer)};`) });

async function provision(account: string, name: string): Promise<void> {
  const { lambda } = admin(account);
  const Role = `arn:aws:iam::${account}:role/x`;
  const Code = { ZipFile: handler("old") };
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role,
      Code,
      Handler: "index.handler",
      Runtime: "nodejs22.x",
      Publish: true,
    }),
  );
  await lambda.send(new CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }));
  lambda.destroy();
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}

it("updates a function, publishes, moves its alias and invokes the new code", async () => {
  await provision(DEV, "orders");
  const { lambda } = open(DEV);
  const calls = {};
  const zip = handler("new");
  const before = await lambda.getFunction({ FunctionName: "orders" }, calls);
  const { RevisionId } = before.Configuration ?? {};
  const updated = await lambda.updateFunctionCode(
    { FunctionName: "orders", ZipFile: zip, RevisionId, Publish: true },
    calls,
  );
  expect(updated.CodeSha256).toBe(sha256(zip));
  expect(updated.Version).toBe("2");
  const alias = await lambda.getAlias({ FunctionName: "orders", Name: "live" }, calls);
  expect(alias.FunctionVersion).toBe("1");
  const move = { FunctionName: "orders", Name: "live", FunctionVersion: "2", RevisionId: alias.RevisionId };
  await lambda.updateAlias(move, calls);
  for (;;) {
    const { Configuration } = await lambda.getFunction({ FunctionName: "orders" });
    if (Configuration?.LastUpdateStatus === "Successful") break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { Payload } = await lambda.invoke({ FunctionName: "orders", Qualifier: "live" }, calls);
  expect(Payload?.transformToString()).toBe('"new"');
  expect(calls).toEqual({ GetFunction: 1, UpdateFunctionCode: 1, GetAlias: 1, UpdateAlias: 1, Invoke: 1 });
  const { Versions } = await lambda.listVersionsByFunction({ FunctionName: "orders" });
  expect(Versions?.map(({ Version }) => Version)).toEqual(["$LATEST", "1", "2"]);
  expect((await lambda.listFunctions({})).Functions?.map(({ FunctionName }) => FunctionName)).toContain(
    "orders",
  );
});

it("refuses an update from an old revision as a failed precondition", async () => {
  await provision(DEV, "revised");
  const { lambda } = open(DEV);
  const stale = {
    FunctionName: "revised",
    ZipFile: handler("x"),
    RevisionId: "00000000-0000-0000-0000-000000000000",
  };
  const error = await lambda.updateFunctionCode(stale).catch((reason) => reason);
  expect(classifyAwsError(error)).toBe("precondition");
});

it("keeps three accounts and two regions apart", async () => {
  await provision(STAGING, "here");
  for (const account of [DEV, STAGING, PROD]) expect((await open(account).identity()).account).toBe(account);
  const read = async (aws: Aws): Promise<string> =>
    aws.lambda.getFunction({ FunctionName: "here" }).then(() => "there", classifyAwsError);
  expect(await read(open(STAGING))).toBe("there");
  expect(await read(open(DEV))).toBe("absent");
  expect(await read(open(PROD))).toBe("absent");
  expect(await read(open(STAGING, null, "us-east-1"))).toBe("absent");
});

it("acts in another account through a role", async () => {
  await provision(PROD, "far");
  const aws = open(DEV, `arn:aws:iam::${PROD}:role/deploy`);
  const identity = await aws.identity();
  expect(identity.account).toBe(PROD);
  expect(identity.arn).toContain("assumed-role/deploy/sluice-");
  const { Configuration } = await aws.lambda.getFunction({ FunctionName: "far" });
  expect(Configuration?.FunctionArn).toContain(PROD);
});

it("writes an object once, with its checksum, and reads it back", async () => {
  const { s3 } = admin(DEV);
  await s3.send(new CreateBucketCommand({ Bucket: "artifacts" }));
  s3.destroy();
  const calls = {};
  const objects = open(DEV).objects("artifacts", calls);
  const bytes = Buffer.alloc(3_000_000, 7);
  expect(await objects.head("a/b.zip")).toBeNull();
  expect(await objects.get("a/b.zip")).toBeNull();
  expect(await objects.putIfAbsent("a/b.zip", bytes, { contentType: "application/zip" })).toBe("created");
  expect(await objects.putIfAbsent("a/b.zip", Buffer.from("other"))).toBe("exists");
  expect(await objects.head("a/b.zip")).toEqual({ sizeBytes: bytes.length, checksumSha256: sha256(bytes) });
  expect(Buffer.from((await objects.get("a/b.zip")) ?? []).equals(bytes)).toBe(true);
  expect(calls).toEqual({ HeadObject: 2, GetObject: 2, PutObject: 2 });
});

it("lets one of many writers win", async () => {
  const { s3 } = admin(DEV);
  await s3.send(new CreateBucketCommand({ Bucket: "race" }));
  s3.destroy();
  const objects = open(DEV).objects("race");
  const writes = Array.from({ length: 12 }, (_, i) => objects.putIfAbsent("key", Buffer.from(String(i))));
  expect((await Promise.all(writes)).filter((result) => result === "created")).toHaveLength(1);
});

it("says that a bucket is not there", async () => {
  const error: SluiceError = await open(DEV)
    .objects("no-such-bucket")
    .putIfAbsent("key", Buffer.from("x"))
    .catch((reason) => reason);
  expect(error).toMatchObject({ code: "SLUICE_BUCKET_ABSENT", exitCode: 2 });
});

it("gives the same object for the same context and scope", () => {
  const context = contextOf(DEV);
  const scope = { region: REGION, profile: null, role: null };
  expect(openAws(context, { ...scope })).toBe(openAws(context, { ...scope }));
  expect(openAws(context, { ...scope, region: "us-east-1" })).not.toBe(openAws(context, scope));
  expect(openAws(contextOf(DEV), scope)).not.toBe(openAws(context, scope));
});

function gateInput(account: string | null, role: string | null = null): GateInput {
  const environment = { name: "prod", account, regions: [REGION], profile: null, role };
  return { environment } as unknown as GateInput;
}

it("refuses the wrong account, naming both, and passes the right one", async () => {
  const context = contextOf(DEV);
  const { gate } = accountGate();
  expect(await gate?.(gateInput(DEV), context)).toEqual([]);
  const [refusal] = (await gate?.(gateInput(PROD), context)) ?? [];
  expect(refusal).toMatchObject({ code: "SLUICE_WRONG_ACCOUNT", exitCode: 3 });
  expect(refusal?.message).toContain(DEV);
  expect(refusal?.message).toContain(PROD);
  expect(await gate?.(gateInput(PROD, `arn:aws:iam::${PROD}:role/deploy`), context)).toEqual([]);
});

it("asks nothing when no account is configured, or there is no environment", async () => {
  const context = testContext({ cwd: tmpdir(), env: { AWS_ENDPOINT_URL: "http://127.0.0.1:9" } });
  const { gate } = accountGate();
  expect(await gate?.(gateInput(null), context)).toEqual([]);
  expect(await gate?.({ ...gateInput(DEV), environment: null }, context)).toEqual([]);
});
