import { afterEach, expect, it } from "vitest";
import { openAws } from "./aws.ts";
import {
  ASSUMED,
  closeAll,
  contextOf,
  DENIED,
  failing,
  files,
  identity,
  keyOf,
  sts,
} from "./testing/credentials.ts";

afterEach(closeAll);

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
