import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSluiceError } from "@sluice/core";
import { type Edge, startEdge, type TestContext, testContext } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, describe, expect, it } from "vitest";
import { openAws } from "./aws.ts";
import { credentialSource, sessionName } from "./credentials.ts";

const open: { stop?(): Promise<void>; rm?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await (one.stop ?? one.rm)?.call(one);
});

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::111111111111:user/x</Arn><UserId>x</UserId><Account>111111111111</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

const DENIED = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error>
</ErrorResponse>`;

const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

/** Plays STS: who signed with which key can be read from its requests. */
async function sts(assumeRole = { status: 200, body: ASSUMED }): Promise<Edge> {
  const headers = { "content-type": "text/xml", "x-amzn-RequestId": "req-2" };
  const edge = await startEdge(({ body }) =>
    body.toString().includes("Action=AssumeRole")
      ? { headers, ...assumeRole }
      : { status: 200, headers, body: IDENTITY },
  );
  open.push(edge);
  return edge;
}

function keyOf(edge: Edge): string | undefined {
  return /Credential=([^/]+)/.exec(edge.requests.at(-1)?.headers["authorization"] ?? "")?.[1];
}

async function files(content: Record<string, string>): Promise<FsFixture> {
  const fixture = await createFixture({ config: "", credentials: "", ...content });
  open.push(fixture);
  return fixture;
}

function contextOf(env: Record<string, string>, fixture?: FsFixture): TestContext {
  const folder = fixture?.path ?? join(tmpdir(), "none");
  const shared = {
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  };
  return testContext({ cwd: tmpdir(), env: { AWS_EC2_METADATA_DISABLED: "true", ...shared, ...env } });
}

async function identity(
  context: TestContext,
  profile: string | null = null,
  role: string | null = null,
): Promise<unknown> {
  return openAws(context, { region: "eu-west-1", profile, role }).identity();
}

async function failing(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string; exitCode: number }> {
  const error = await promise.then(
    () => new Error("should have failed"),
    (reason) => reason,
  );
  if (!isSluiceError(error)) throw error;
  return error;
}

describe("credentialSource", () => {
  const keys = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "S" };

  it("takes keys of the environment, with their session token", () => {
    expect(credentialSource(keys, null)).toEqual({
      kind: "static",
      credentials: { accessKeyId: "A", secretAccessKey: "S" },
    });
    expect(credentialSource({ ...keys, AWS_SESSION_TOKEN: "T" }, null)).toMatchObject({
      credentials: { sessionToken: "T" },
    });
  });

  it("prefers a profile that is asked for by name", () => {
    expect(credentialSource({ ...keys, AWS_PROFILE: "env" }, null)).toEqual({ kind: "profile", name: "env" });
    expect(credentialSource({ ...keys, AWS_PROFILE: "env" }, "own")).toEqual({
      kind: "profile",
      name: "own",
    });
  });

  it("leaves the rest to the chain", () => {
    expect(credentialSource({}, null)).toEqual({ kind: "chain" });
    expect(credentialSource({ AWS_ACCESS_KEY_ID: "A" }, null)).toEqual({ kind: "chain" });
  });
});

it("signs with the keys of a profile, from the files that the environment names", async () => {
  const edge = await sts();
  const fixture = await files({
    credentials: "[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = dev-secret\n",
  });
  const context = contextOf({ AWS_ENDPOINT_URL_STS: edge.endpoint }, fixture);
  expect(await identity(context, "dev")).toEqual({
    account: "111111111111",
    arn: "arn:aws:iam::111111111111:user/x",
  });
  expect(keyOf(edge)).toBe("AKIADEV");
});

it("signs with the default profile when nothing else is set", async () => {
  const edge = await sts();
  const fixture = await files({
    credentials: "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\n",
  });
  await identity(contextOf({ AWS_ENDPOINT_URL_STS: edge.endpoint }, fixture));
  expect(keyOf(edge)).toBe("AKIADEFAULT");
});

it("signs with what a profile's process prints", async () => {
  const edge = await sts();
  const output = JSON.stringify({ Version: 1, AccessKeyId: "AKIAPROCESS", SecretAccessKey: "s" });
  const script = `process.stdout.write(${JSON.stringify(output)})`;
  const fixture = await files({ "print.mjs": script });
  await fixture.writeFile(
    "config",
    `[profile p]\ncredential_process = ${process.execPath} ${fixture.getPath("print.mjs")}\n`,
  );
  await identity(contextOf({ AWS_ENDPOINT_URL_STS: edge.endpoint }, fixture), "p");
  expect(keyOf(edge)).toBe("AKIAPROCESS");
});

it("signs with a container's credentials", async () => {
  const edge = await sts();
  const container = await startEdge(() => ({
    status: 200,
    body: JSON.stringify({
      AccessKeyId: "ASIACONTAINER",
      SecretAccessKey: "s",
      Token: "t",
      Expiration: "2099-01-01T00:00:00Z",
    }),
  }));
  open.push(container);
  const env = {
    AWS_ENDPOINT_URL_STS: edge.endpoint,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.endpoint}/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-token",
  };
  await identity(contextOf(env));
  expect(keyOf(edge)).toBe("ASIACONTAINER");
  expect(container.requests[0]?.headers["authorization"]).toBe("container-token");
});

it("assumes a role with a profile's keys, once for all regions", async () => {
  const edge = await sts();
  const fixture = await files({
    credentials: "[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = s\n",
  });
  const env = { AWS_ENDPOINT_URL: edge.endpoint, CI_JOB_ID: "4711" };
  const context = contextOf(env, fixture);
  const role = "arn:aws:iam::222222222222:role/deploy";
  await Promise.all(
    ["eu-west-1", "us-east-1"].map((region) =>
      openAws(context, { region, profile: "dev", role })
        .lambda.getFunction({ FunctionName: "x" })
        .catch(() => {}),
    ),
  );
  const assumptions = edge.requests.filter(({ body }) => body.toString().includes("Action=AssumeRole"));
  expect(assumptions).toHaveLength(1);
  expect(assumptions[0]?.body.toString()).toContain("RoleSessionName=sluice-4711");
  expect(assumptions[0]?.headers["authorization"]).toContain("AKIADEV");
  const others = edge.requests.filter((request) => request !== assumptions[0]);
  expect(others.every(({ headers }) => headers["x-amz-security-token"] === "role-token")).toBe(true);
  expect(others.length).toBeGreaterThan(0);
});

it("takes a profile that assumes a role with another one's keys", async () => {
  const edge = await sts();
  const fixture = await files({
    config:
      "[profile far]\nrole_arn = arn:aws:iam::222222222222:role/far\nsource_profile = dev\nregion = eu-west-1\n",
    credentials: "[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = s\n",
  });
  await identity(contextOf({ AWS_ENDPOINT_URL: edge.endpoint }, fixture), "far");
  expect(edge.requests[0]?.headers["authorization"]).toContain("AKIADEV");
  expect(keyOf(edge)).toBe("ASIAROLE");
});

it("exchanges a web identity token, as CI's OIDC gives one", async () => {
  const edge = await sts({
    status: 200,
    body: ASSUMED.replaceAll("AssumeRole", "AssumeRoleWithWebIdentity"),
  });
  const fixture = await files({ token: "header.payload.signature" });
  const env = {
    AWS_ENDPOINT_URL: edge.endpoint,
    AWS_WEB_IDENTITY_TOKEN_FILE: fixture.getPath("token"),
    AWS_ROLE_ARN: "arn:aws:iam::222222222222:role/ci",
    GITHUB_RUN_ID: "99",
  };
  await identity(contextOf(env, fixture));
  const request = edge.requests[0]?.body.toString() ?? "";
  expect(request).toContain("Action=AssumeRoleWithWebIdentity");
  expect(request).toContain("WebIdentityToken=header.payload.signature");
  expect(request).toContain("RoleSessionName=sluice-99");
  expect(keyOf(edge)).toBe("ASIAROLE");
});

it("warns when both a profile and keys are in the environment", async () => {
  const fixture = await files({
    credentials: "[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = s\n",
  });
  const edge = await sts();
  const env = { AWS_PROFILE: "dev", AWS_ACCESS_KEY_ID: "AKIAOTHER", AWS_SECRET_ACCESS_KEY: "s" };
  const context = contextOf({ AWS_ENDPOINT_URL: edge.endpoint, ...env }, fixture);
  await identity(context);
  expect(keyOf(edge)).toBe("AKIADEV");
  expect(context.lines.map(({ message }) => message)).toEqual([
    expect.stringContaining('profile "dev" is used'),
  ]);
});

it("says that a role cannot be assumed, and what to allow", async () => {
  const edge = await sts({ status: 403, body: DENIED });
  const context = contextOf({
    AWS_ENDPOINT_URL: edge.endpoint,
    AWS_ACCESS_KEY_ID: "A",
    AWS_SECRET_ACCESS_KEY: "S",
  });
  const error = await failing(identity(context, null, "arn:aws:iam::222222222222:role/deploy"));
  expect(error).toMatchObject({ code: "SLUICE_ROLE_DENIED", exitCode: 2 });
  expect(error.message).toContain("AccessDenied");
  expect(error.message).toContain("req-2");
  expect(error.hint).toContain("sts:AssumeRole");
  expect(error.hint).toContain("trust policy");
});

it("names the profiles that there are when one is not", async () => {
  const fixture = await files({
    config: "[profile dev]\nregion = eu-west-1\n[sso-session corp]\nsso_region = eu-west-1\n",
  });
  const error = await failing(identity(contextOf({}, fixture), "prod"));
  expect(error).toMatchObject({ code: "SLUICE_PROFILE_UNKNOWN", exitCode: 2 });
  expect(error.message).toContain("there are: dev)");
});

it("says how to sign on when a single sign-on session is not there", async () => {
  const fixture = await files({
    config:
      "[profile dev]\nsso_session = none-such\nsso_account_id = 111111111111\nsso_role_name = Dev\n" +
      "[sso-session none-such]\nsso_region = eu-west-1\nsso_start_url = https://example.invalid/start\n",
  });
  const error = await failing(identity(contextOf({}, fixture), "dev"));
  expect(error).toMatchObject({ code: "SLUICE_SSO_EXPIRED", exitCode: 2 });
  expect(error.hint).toContain("aws sso login --profile dev");
});

it("says what a process that fails said, without its secrets", async () => {
  const fixture = await files({ "fail.mjs": "console.error(process.argv[2]); process.exit(1)" });
  const secret = "s3cr3t-passw0rd";
  await fixture.writeFile(
    "config",
    `[profile p]\ncredential_process = ${process.execPath} ${fixture.getPath("fail.mjs")} ${secret}\n`,
  );
  const error = await failing(identity(contextOf({ VAULT_PASSWORD: secret }, fixture), "p"));
  expect(error).toMatchObject({ code: "SLUICE_CREDENTIALS_FAILED", exitCode: 2 });
  expect(error.message).toContain('profile "p"');
  expect(error.message).not.toContain(secret);
});

it("says what was tried when there are no credentials at all, quickly", async () => {
  const start = performance.now();
  const error = await failing(identity(contextOf({})));
  expect(error).toMatchObject({ code: "SLUICE_CREDENTIALS_MISSING", exitCode: 2 });
  expect(performance.now() - start).toBeLessThan(1_000);
});

describe("sessionName", () => {
  it("names the job of CI, else the user, in characters that STS takes", () => {
    expect(sessionName({ GITHUB_RUN_ID: "99", USER: "ann" })).toBe("sluice-99");
    expect(sessionName({ USER: "Änn Lee" })).toBe("sluice--nn-Lee");
    expect(sessionName({ USER: "x".repeat(99) })).toHaveLength(64);
  });
});
