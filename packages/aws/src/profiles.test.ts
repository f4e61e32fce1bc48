import { createHash } from "node:crypto";
import { type Edge, startEdge } from "@sluice/test-kit";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ASSUMED, closeAll, contextOf, files, identity, keyOf, sts } from "./testing/credentials.ts";

let sso: Edge;
beforeEach(async () => {
  const roleCredentials = {
    accessKeyId: "ASIASSO",
    secretAccessKey: "s",
    sessionToken: "t",
    expiration: 4_070_908_800_000,
  };
  sso = await startEdge(() => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ roleCredentials }),
  }));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await sso.stop();
  await closeAll();
});

it("asks the container when the default profile has a region alone", async () => {
  const edge = await sts();
  const container = await startEdge(() => ({
    status: 200,
    body: JSON.stringify({ AccessKeyId: "ASIACONTAINER", SecretAccessKey: "s", Token: "t", Expiration }),
  }));
  const fixture = await files({ config: "[default]\nregion = eu-west-1\noutput = json\n" });
  const env = {
    AWS_ENDPOINT_URL_STS: edge.endpoint,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.endpoint}/credentials`,
  };
  await identity(contextOf(env, fixture)).finally(() => container.stop());
  expect(keyOf(edge)).toBe("ASIACONTAINER");
});

const Expiration = "2099-01-01T00:00:00Z";

/** Shared files with a profile of single sign-on and one that assumes a role with it, and the token of a session. */
async function signedOn() {
  const config = [
    "[profile sso]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = Dev",
    "[profile role]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = sso",
    "[sso-session corp]\nsso_region = eu-central-1\nsso_start_url = https://example.invalid/start\n",
  ].join("\n");
  const token = JSON.stringify({ accessToken: "bearer-token", expiresAt: Expiration });
  const name = createHash("sha1").update("corp").digest("hex");
  const fixture = await files({ config, [`.aws/sso/cache/${name}.json`]: token });
  // The SDK's provider of single sign-on reads these from the process alone.
  vi.stubEnv("AWS_CONFIG_FILE", fixture.getPath("config"));
  vi.stubEnv("HOME", fixture.path.replace(/[/\\]$/, ""));
  vi.stubEnv("AWS_ENDPOINT_URL_SSO", sso.endpoint);
  return fixture;
}

it.each([
  ["sso", "ASIASSO"],
  ["role", "ASIAROLE"],
])("keeps the token of single sign-on away from STS's endpoint: profile %s", async (profile, key) => {
  const edge = await sts({ status: 200, body: ASSUMED });
  const fixture = await signedOn();
  await identity(contextOf({ AWS_ENDPOINT_URL_STS: edge.endpoint }, fixture), profile);
  expect(keyOf(edge)).toBe(key);
  expect(edge.requests.map(({ method }) => method)).not.toContain("GET");
  expect(JSON.stringify(edge.requests.map(({ headers }) => headers))).not.toContain("bearer-token");
  expect(sso.requests).toHaveLength(1);
});
