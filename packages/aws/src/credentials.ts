import { isSluiceError, type RunContext, type SluiceError } from "@sluice/core";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { Agents } from "./agents.ts";
import { classifyAwsError } from "./classify.ts";
import { endpointUrl } from "./endpoint.ts";
import { access } from "./errors.ts";
import { note, quoteOf } from "./problem.ts";
import { type ProfileData, profileName, readProfile, readProfiles, sharedFiles } from "./profiles.ts";
import { hasProxy } from "./proxy.ts";

type Env = RunContext["env"];

/** Where credentials come from, decided without touching anything. */
export type CredentialSource =
  | { readonly kind: "static"; readonly credentials: AwsCredentialIdentity }
  | { readonly kind: "profile"; readonly name: string }
  | { readonly kind: "chain" };

/**
 * Decides which source is asked, in the order of the AWS SDK for JavaScript: a profile that is asked for by name, then keys
 * in the environment, then the rest of the chain.
 */
export function credentialSource(env: Env, profile: string | null): CredentialSource {
  const name = profileName(env, profile);
  if (name !== null) return { kind: "profile", name };
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return { kind: "chain" };
  return {
    kind: "static",
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
  };
}

function isSso(data: ProfileData): boolean {
  return Object.keys(data).some((key) => key.startsWith("sso_"));
}

/** Whether a profile says where credentials come from: one with a region alone leaves that to the rest of the chain. */
function givesCredentials(data: ProfileData): boolean {
  const sources = ["aws_access_key_id", "role_arn", "credential_process", "web_identity_token_file"];
  return isSso(data) || sources.some((key) => data[key] !== undefined);
}

/** What a failing profile means, by what it is made of. */
function profileProblem(name: string, data: ProfileData, error: unknown, context: RunContext): SluiceError {
  note(error, { endpoint: "", redact: context.redact });
  const kind = classifyAwsError(error);
  if (isSso(data) && (kind === "no-credentials" || kind === "expired")) return access.ssoExpired(name, error);
  if (data.role_arn && kind === "denied") return access.roleDenied(data.role_arn, quoteOf(error), error);
  return access.credentialsFailed(`profile ${JSON.stringify(name)}`, quoteOf(error), error);
}

/** Where the credentials of a run come from. */
interface Origin {
  readonly context: RunContext;
  readonly region: string;
  readonly agents: () => Promise<Agents>;
}

/** Options of the SDK's own clients for credentials: the proxy, where the environment names one. */
async function innerClient({ context, agents }: Origin): Promise<{ readonly requestHandler?: Agents }> {
  return hasProxy(context.env) ? { requestHandler: await agents() } : {};
}

interface StsOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly requestHandler?: Agents;
}

/** Options of the STS clients that assume a profile's roles. */
async function stsClient(origin: Origin, region: string): Promise<StsOptions> {
  const endpoint = endpointUrl(origin.context.env, "sts");
  const client = await innerClient(origin);
  return { ...client, region, ...(endpoint === null ? {} : { endpoint }) };
}

/**
 * How a profile's roles are assumed. Not by an endpoint in `clientConfig`: single sign-on, too, would take it, and send its token
 * to STS's endpoint, in this region instead of its own.
 */
async function roleAssumers(data: ProfileData, origin: Origin): Promise<object> {
  if (data.role_arn === undefined) return {};
  const sts = await import("./sdk/role-assumers.ts");
  const config = await stsClient(origin, data.region ?? origin.region);
  return {
    roleAssumer: sts.getDefaultRoleAssumer(config),
    roleAssumerWithWebIdentity: sts.getDefaultRoleAssumerWithWebIdentity(config),
  };
}

async function fromProfile(origin: Origin, name: string): Promise<AwsCredentialIdentity> {
  const { context } = origin;
  const { env } = context;
  const data = await readProfile(env, name);
  const { fromIni } = await import("./sdk/credentials.ts");
  const clientConfig = await innerClient(origin);
  const options = { profile: name, clientConfig, ...sharedFiles(env), ...(await roleAssumers(data, origin)) };
  try {
    return await fromIni(options)();
  } catch (error) {
    throw profileProblem(name, data, error, context);
  }
}

type Link = { readonly name: string; readonly get: () => Promise<AwsCredentialIdentity> };

/** The links of the chain that this environment has, each with what it is called. */
async function links(origin: Origin): Promise<readonly Link[]> {
  const { env } = origin.context;
  const sdk = await import("./sdk/credentials.ts");
  const found: Link[] = [];
  if (givesCredentials((await readProfiles(env)).get("default") ?? {})) {
    found.push({ name: 'profile "default"', get: () => fromProfile(origin, "default") });
  }
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: roleArn } = env;
  if (tokenFile && roleArn) {
    const roleSessionName = env.AWS_ROLE_SESSION_NAME || sessionName(env);
    const options = {
      webIdentityTokenFile: tokenFile,
      roleArn,
      roleSessionName,
      clientConfig: await stsClient(origin, origin.region),
    };
    found.push({ name: `web identity (${roleArn})`, get: sdk.fromTokenFile(options) });
  }
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const full = env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (relative || full) {
    const token = env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
    const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
    const options = {
      ...(relative
        ? { awsContainerCredentialsRelativeUri: relative }
        : { awsContainerCredentialsFullUri: full ?? "" }),
      ...(token ? { awsContainerAuthorizationToken: token } : {}),
      ...(file ? { awsContainerAuthorizationTokenFile: file } : {}),
    };
    found.push({ name: "container", get: sdk.fromHttp(options) });
  } else if (!env.AWS_EC2_METADATA_DISABLED || env.AWS_EC2_METADATA_DISABLED.toLowerCase() === "false") {
    // A second and no retry: off AWS nobody answers there.
    found.push({
      name: "instance metadata",
      get: sdk.fromInstanceMetadata({ timeout: 1_000, maxRetries: 0 }),
    });
  }
  return found;
}

/** Asks each link; the first that is set up and fails for a reason of its own ends the search. */
async function fromChain(origin: Origin): Promise<AwsCredentialIdentity> {
  const { context } = origin;
  const chain = await links(origin);
  let last: unknown;
  for (const link of chain) {
    try {
      return await link.get();
    } catch (error) {
      if (isSluiceError(error)) throw error;
      note(error, { endpoint: "", redact: context.redact });
      if (link.name !== "instance metadata") throw access.credentialsFailed(link.name, quoteOf(error), error);
      last = error;
    }
  }
  throw access.credentialsMissing(
    ["environment variables", "shared files", ...chain.map((link) => link.name)],
    last,
  );
}

/**
 * The provider of a profile, or of the standard chain: keys of the environment, shared files (static keys, single
 * sign-on, process, web identity, role), web identity, container, instance metadata unless AWS_EC2_METADATA_DISABLED.
 * The SDK's provider chain is loaded only when keys in the environment do not do.
 */
export function sourceCredentials(
  context: RunContext,
  profile: string | null,
  region: string,
  agents: () => Promise<Agents>,
): AwsCredentialIdentityProvider {
  const origin = { context, region, agents };
  const source = credentialSource(context.env, profile);
  if (source.kind === "static") return () => Promise.resolve(source.credentials);
  if (source.kind === "profile") {
    if (profile === null && context.env.AWS_ACCESS_KEY_ID) {
      context.log.warn(
        `AWS_PROFILE and AWS_ACCESS_KEY_ID are both set; profile ${JSON.stringify(source.name)} is used.`,
      );
    }
    return () => fromProfile(origin, source.name);
  }
  return () => fromChain(origin);
}

/** Who is behind a session, for CloudTrail: the job of CI, else the user. At most 64 characters of [\w+=,.@-]. */
export function sessionName(env: Env): string {
  const job =
    env.CI_JOB_ID ??
    env.GITHUB_RUN_ID ??
    env.BUILD_ID ??
    env.CODEBUILD_BUILD_ID ??
    env.BITBUCKET_BUILD_NUMBER;
  const who = job ?? env.USER ?? env.USERNAME ?? env.LOGNAME ?? "unknown";
  return `sluice-${who}`.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);
}
