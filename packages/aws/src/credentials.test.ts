import { startEdge } from "@sluice/test-kit";
import { afterEach, describe, expect, it } from "vitest";
import { credentialSource, sessionName } from "./credentials.ts";
import { closeAll, contextOf, failing, files, identity, keyOf, sts } from "./testing/credentials.ts";

afterEach(closeAll);

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

  const env = {
    AWS_ENDPOINT_URL_STS: edge.endpoint,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.endpoint}/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-token",
  };
  await identity(contextOf(env)).finally(() => container.stop());
  expect(keyOf(edge)).toBe("ASIACONTAINER");
  expect(container.requests[0]?.headers["authorization"]).toBe("container-token");
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

it("says what was tried when there are no credentials at all", async () => {
  const error = await failing(identity(contextOf({})));
  expect(error).toMatchObject({ code: "SLUICE_CREDENTIALS_MISSING", exitCode: 2 });
});

describe("sessionName", () => {
  it("names the job of CI, else the user, in characters that STS takes", () => {
    expect(sessionName({ GITHUB_RUN_ID: "99", USER: "ann" })).toBe("sluice-99");
    expect(sessionName({ USER: "Änn Lee" })).toBe("sluice--nn-Lee");
    expect(sessionName({ USER: "x".repeat(99) })).toHaveLength(64);
  });
});
