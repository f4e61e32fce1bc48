import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSluiceError } from "@sluice/core";
import { type Edge, startEdge, type TestContext, testContext } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { openAws } from "../aws.ts";

const open: { stop?(): Promise<void>; rm?(): Promise<void> }[] = [];

/** Stops and removes what the functions below have made. */
export async function closeAll(): Promise<void> {
  for (const one of open.splice(0)) await (one.stop ?? one.rm)?.call(one);
}

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::111111111111:user/x</Arn><UserId>x</UserId><Account>111111111111</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

export const DENIED: string = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error>
</ErrorResponse>`;

export const ASSUMED: string = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

/** Plays STS: who signed with which key can be read from its requests. */
export async function sts(
  assumeRole: { status: number; body: string } = { status: 200, body: ASSUMED },
): Promise<Edge> {
  const headers = { "content-type": "text/xml", "x-amzn-RequestId": "req-2" };
  const edge = await startEdge(({ body }) =>
    body.toString().includes("Action=AssumeRole")
      ? { headers, ...assumeRole }
      : { status: 200, headers, body: IDENTITY },
  );
  open.push(edge);
  return edge;
}

/** The access key of the last request. */
export function keyOf(edge: Edge): string | undefined {
  return /Credential=([^/]+)/.exec(edge.requests.at(-1)?.headers["authorization"] ?? "")?.[1];
}

/** A folder with shared files. */
export async function files(content: Record<string, string>): Promise<FsFixture> {
  const fixture = await createFixture({ config: "", credentials: "", ...content });
  open.push(fixture);
  return fixture;
}

/** A context whose shared files are those of `fixture`. */
export function contextOf(env: Record<string, string>, fixture?: FsFixture): TestContext {
  const folder = fixture?.path ?? join(tmpdir(), "none");
  const shared = {
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  };
  return testContext({ cwd: tmpdir(), env: { AWS_EC2_METADATA_DISABLED: "true", ...shared, ...env } });
}

/** Asks who the credentials of a profile and role are of. */
export async function identity(
  context: TestContext,
  profile: string | null = null,
  role: string | null = null,
): Promise<unknown> {
  return openAws(context, { region: "eu-west-1", profile, role }).identity();
}

/** The error of Sluice that a promise fails with. */
export async function failing(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string; exitCode: number }> {
  const error = await promise.then(
    () => new Error("should have failed"),
    (reason) => reason,
  );
  if (!isSluiceError(error)) throw error;
  return error;
}
