import type { GateInput, Plugin, RunContext, SluiceError } from "@sluice/core";
import { openAws } from "./aws.ts";
import { wrongAccount } from "./errors.ts";
import { resolveRegions } from "./regions.ts";

/**
 * Compares the credentials' account with the one that an environment names; asks nothing when it names none.
 *
 * @returns the refusal, if there is one
 * @throws an error of `awsProblem` when STS gives no answer
 */
export async function checkAccount(
  input: Pick<GateInput, "environment">,
  context: RunContext,
): Promise<readonly SluiceError[]> {
  const { environment } = input;
  if (environment === null || environment.account === null) return [];
  const { account: expected, profile, role, name } = environment;
  // One set of credentials serves every region, and an identity has none.
  const [region] = await resolveRegions(context, environment);
  if (region === undefined) return [];
  const { account, arn } = await openAws(context, { region, profile, role }).identity();
  return account === expected ? [] : [wrongAccount(name, expected, account, arn)];
}

/**
 * Refuses when the credentials are of another account than the environment's `account`. Without `account` it asks nothing.
 *
 * @throws an error of `awsProblem` when STS gives no answer
 */
export function accountGate(): Plugin {
  return { name: "account", gate: checkAccount };
}
