import type { ObjectStorage, RunContext } from "@sluice/core";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { CallCounter } from "./attempt.ts";
import { type ClientConfig, clientConfig } from "./client.ts";
import { sessionName, sourceCredentials } from "./credentials.ts";
import { assumedRole, callerIdentity, type Identity } from "./identity.ts";
import { createLambdaApi, type LambdaApi } from "./lambda.ts";
import { createObjects, s3Loader } from "./objects.ts";
import { profileName } from "./profiles.ts";
import { remember } from "./remember.ts";
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
  /** A bucket of this region. Its methods throw errors of `awsProblem`. */
  objects(bucket: string, calls?: CallCounter): ObjectStorage;
}

/** What tells accounts apart before they are known: a role's ARN names its account. */
function accountKey(scope: AwsScope): string {
  return scope.role?.split(":")[4] ?? `profile ${scope.profile ?? ""}`;
}

function memo<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** The provider of a scope's credentials, shared by its regions: a role is assumed once. */
function credentialsOf(session: Session, scope: AwsScope): AwsCredentialIdentityProvider {
  const { context, credentials } = session;
  const { profile, role, region } = scope;
  const source = memo(credentials, JSON.stringify([profile]), () =>
    remember(sourceCredentials(context, profile, region), context.now),
  );
  if (role === null) return source;
  return memo(credentials, JSON.stringify([profile, role]), () => {
    // Read late: a wrong endpoint is an error of the first call, as with every other client.
    const assume: AwsCredentialIdentityProvider = () => {
      const config = clientConfig(
        context,
        "sts",
        { region, profile: profileName(context.env, profile) },
        source,
      );
      return assumedRole(context, role, sessionName(context.env), config)();
    };
    return remember(assume, context.now);
  });
}

function createAws(session: Session, scope: AwsScope): Aws {
  const { context } = session;
  const credentials = credentialsOf(session, scope);
  const client = { region: scope.region, profile: profileName(context.env, scope.profile) };
  const config = (service: "lambda" | "sts" | "s3") => (): ClientConfig =>
    clientConfig(context, service, client, credentials);
  const s3 = s3Loader(config("s3"));
  return {
    scope,
    identity: (calls) =>
      memo(session.identities, JSON.stringify([scope.profile, scope.role]), async () =>
        callerIdentity(context, config("sts")(), calls),
      ),
    lambda: createLambdaApi(context, session.quotas(accountKey(scope), scope.region), config("lambda")),
    objects: (bucket, calls) => createObjects(context, s3, bucket, scope.region, calls),
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
