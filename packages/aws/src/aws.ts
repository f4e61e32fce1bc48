import type { ObjectStorage, RunContext } from "@sluice/core";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { CallCounter } from "./attempt.ts";
import { type ClientConfig, clientConfig } from "./client.ts";
import { type AlarmsApi, createAlarms } from "./cloudwatch.ts";
import { type CodeDeployApi, createCodeDeploy } from "./codedeploy.ts";
import { sessionName, sourceCredentials } from "./credentials.ts";
import type { Service } from "./endpoint.ts";
import { type FunctionUrlAnswer, type FunctionUrlRequest, requestFunctionUrl } from "./function-url.ts";
import { assumedRole, callerIdentity, type Identity } from "./identity.ts";
import { createLambdaApi, type LambdaApi } from "./lambda.ts";
import { createLogs, type LogsApi } from "./logs.ts";
import { createObjects } from "./objects.ts";
import { profileName } from "./profiles.ts";
import { remember } from "./remember.ts";
import { s3Loader } from "./s3-client.ts";
import { type Session, sessionOf } from "./session.ts";

/** Who asks, and where. */
export interface AwsScope {
  readonly region: string;
  /** Profile of the shared files; `null` for the standard chain. */
  readonly profile: string | null;
  /** ARN of a role to assume with those credentials. */
  readonly role: string | null;
}

/** AWS in one region, with one set of credentials. Nothing is loaded or asked before the first call. */
export interface Aws {
  readonly scope: AwsScope;
  /**
   * Who the credentials are of. Asked once per profile and role, whatever the region.
   *
   * @throws an error of `awsProblem`
   */
  identity(calls?: CallCounter): Promise<Identity>;
  readonly lambda: LambdaApi;
  readonly alarms: AlarmsApi;
  readonly codeDeploy: CodeDeployApi;
  readonly logs: LogsApi;
  /**
   * Sends one HTTP request to a function URL, signed where its `authType` asks for that. With an endpoint of one's own
   * (`AWS_ENDPOINT_URL`) it goes there, with the URL's `Host`. Sent once: whoever asks knows whether it may be repeated.
   *
   * @returns whatever status came
   * @throws errors of Node.js, for `awsProblem` with the operation `InvokeFunctionUrl`, and those of credentials
   */
  requestFunctionUrl(url: string, request: FunctionUrlRequest): Promise<FunctionUrlAnswer>;
  /** A bucket of this region. Its methods throw errors of `awsProblem`. */
  objects(bucket: string, calls?: CallCounter): ObjectStorage;
}

function memo<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** What tells credentials apart. */
function credentialsKey({ profile, role }: AwsScope): string {
  return JSON.stringify([profile, role]);
}

/** The provider of a scope's credentials, shared by its regions: a role is assumed once. */
function credentialsOf(session: Session, scope: AwsScope): AwsCredentialIdentityProvider {
  const { context, credentials } = session;
  const { profile, role, region } = scope;
  const source = memo(credentials, JSON.stringify([profile]), () =>
    remember(
      sourceCredentials(context, profile, region, () => session.agents()),
      context.now,
    ),
  );
  if (role === null) return source;
  return memo(credentials, credentialsKey(scope), () => {
    const client = { region, profile: profileName(context.env, profile) };
    // Read late: a wrong endpoint is an error of the first call, as with every other client.
    const config = async (): Promise<ClientConfig> =>
      clientConfig(context, "sts", client, source, await session.agents());
    return remember(assumedRole(context, role, sessionName(context.env), config), context.now);
  });
}

/** Tells the session which account the scope's credentials are of, as soon as they say so themselves. */
function learning(session: Session, scope: AwsScope): AwsCredentialIdentityProvider {
  const credentials = credentialsOf(session, scope);
  const key = credentialsKey(scope);
  return async (options) => {
    const given = await credentials(options);
    if (given.accountId !== undefined) session.accounts.learn(key, given.accountId);
    return given;
  };
}

function createAws(session: Session, scope: AwsScope): Aws {
  const { context } = session;
  const { region, role } = scope;
  const key = credentialsKey(scope);
  const account = role?.split(":")[4];
  if (account) session.accounts.learn(key, account);
  const credentials = learning(session, scope);
  const client = { region, profile: profileName(context.env, scope.profile) };
  const config = (service: Service) => async (): Promise<ClientConfig> =>
    clientConfig(context, service, client, credentials, await session.agents());
  const quotas = session.quotas(key, region);
  const s3 = s3Loader(config("s3"));
  return {
    scope,
    identity: (calls) =>
      memo(session.identities, key, async () => {
        const identity = await callerIdentity(context, config("sts"), region, calls);
        session.accounts.learn(key, identity.account);
        return identity;
      }),
    lambda: createLambdaApi(context, quotas, config("lambda")),
    alarms: createAlarms(context, region, quotas, config("cloudwatch")),
    codeDeploy: createCodeDeploy(context, quotas, config("codedeploy")),
    logs: createLogs(context, quotas, config("cloudwatch_logs")),
    requestFunctionUrl: (url, request) =>
      requestFunctionUrl({ context, region, credentials, agents: () => session.agents() }, url, request),
    objects: (bucket, calls) => createObjects(context, s3, bucket, region, quotas, calls),
  };
}

const opened = new WeakMap<RunContext, Map<string, Aws>>();

/**
 * Opens AWS for a scope: the same object for the same context and scope, so that connections, credentials and quotas are
 * shared by all who ask.
 */
export function openAws(context: RunContext, scope: AwsScope): Aws {
  const scopes = opened.get(context) ?? new Map<string, Aws>();
  opened.set(context, scopes);
  const key = JSON.stringify([scope.region, scope.profile, scope.role]);
  return memo(scopes, key, () => createAws(sessionOf(context), scope));
}
