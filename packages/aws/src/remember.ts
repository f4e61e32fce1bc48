import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";

/** Milliseconds before their end that credentials are renewed, as the SDK does. */
const RENEW_BEFORE = 300_000;
/** Milliseconds that a failure is remembered, so that a hundred targets do not each wait for it. */
const FAILURE_LASTS = 10_000;

/** Asks `provider` once for everybody, and again when its credentials are about to expire. */
export function remember(
  provider: AwsCredentialIdentityProvider,
  now: () => number,
): AwsCredentialIdentityProvider {
  let current: Promise<AwsCredentialIdentity> | undefined;
  let until = 0;
  return () => {
    if (current !== undefined && now() < until) return current;
    until = Number.POSITIVE_INFINITY;
    const asked = provider();
    current = asked;
    asked.then(
      (credentials) => {
        if (credentials.expiration !== undefined) until = credentials.expiration.getTime() - RENEW_BEFORE;
      },
      () => {
        until = now() + FAILURE_LASTS;
      },
    );
    return asked;
  };
}
