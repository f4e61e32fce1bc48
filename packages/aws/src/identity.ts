import type { RunContext } from "@sluice/core";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { CallCounter } from "./attempt.ts";
import { classifyAwsError } from "./classify.ts";
import { type ClientConfig, requestTimeout, send } from "./client.ts";
import { access } from "./errors.ts";
import { awsProblem, quoteOf } from "./problem.ts";
import { unlimited } from "./quotas.ts";
import { withoutVersionWarning } from "./version-warning.ts";

/** Who AWS says the credentials are of. */
export interface Identity {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
}

/**
 * Asks STS who the credentials are of. It needs no permission.
 *
 * @throws an error of `awsProblem`
 */
export async function callerIdentity(
  context: RunContext,
  config: () => Promise<ClientConfig>,
  region: string,
  calls?: CallCounter,
): Promise<Identity> {
  const operation = "GetCallerIdentity";
  try {
    const sdk = await import("./sdk/sts.ts");
    const settings = await config();
    const client = withoutVersionWarning(() => new sdk.STSClient(settings));
    const command = new sdk.GetCallerIdentityCommand({});
    const sending = { context, operation, quotas: unlimited, calls, timeout: requestTimeout(0) };
    const { Account, Arn } = await send(client, command, sending);
    if (Account === undefined || Arn === undefined) throw new Error("STS gave no account.");
    return { account: Account, arn: Arn };
  } catch (error) {
    throw awsProblem(error, { operation, region });
  }
}

/** Makes a provider that assumes `role` with the credentials that `config` holds. */
export function assumedRole(
  context: RunContext,
  role: string,
  session: string,
  config: () => Promise<ClientConfig>,
): AwsCredentialIdentityProvider {
  return async (): Promise<AwsCredentialIdentity> => {
    const operation = "AssumeRole";
    try {
      const sdk = await import("./sdk/sts.ts");
      const settings = await config();
      const client = withoutVersionWarning(() => new sdk.STSClient(settings));
      const command = new sdk.AssumeRoleCommand({ RoleArn: role, RoleSessionName: session });
      const sending = { context, operation, quotas: unlimited, calls: undefined, timeout: requestTimeout(0) };
      const { Credentials: given } = await send(client, command, sending);
      if (!given?.AccessKeyId || !given.SecretAccessKey) throw new Error("STS gave no credentials.");
      return {
        accessKeyId: given.AccessKeyId,
        secretAccessKey: given.SecretAccessKey,
        ...(given.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
        ...(given.Expiration === undefined ? {} : { expiration: given.Expiration }),
      };
    } catch (error) {
      const denied = ["denied", "invalid", "unknown"].includes(classifyAwsError(error));
      throw denied
        ? access.roleDenied(role, quoteOf(error), error)
        : awsProblem(error, { operation, target: role });
    }
  };
}
