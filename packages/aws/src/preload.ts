/**
 * Loads the SDK's clients ahead of the first call, while there is something else to wait for. Calls nothing; a failure shows
 * when a client is really needed.
 *
 * @param identity - whether STS will be asked too
 */
export async function preloadSdk(identity: boolean): Promise<void> {
  await Promise.allSettled([import("./sdk/lambda.ts"), identity ? import("./sdk/sts.ts") : null]);
}
