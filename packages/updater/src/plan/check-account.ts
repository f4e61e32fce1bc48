import type { Aws, CallCounter } from "@sluice/aws";
import type { PlanInput } from "@sluice/core";
import { nameElsewhere } from "../errors.ts";
import { placeOf } from "./names.ts";
import { accountOf, type Observed } from "./observed.ts";
import type { Delivery } from "./targets.ts";

/**
 * Without a configured account or role, AWS's own answer says whose function an ARN came to. Of one that is not found, or may not be
 * read, STS says whose the credentials are: in another account it would be neither.
 *
 * @throws SLUICE_TARGET_ELSEWHERE
 */
export async function checkAccount(
  aws: Aws,
  { target }: Delivery,
  observed: Observed,
  { environment }: PlanInput,
  calls: CallCounter,
): Promise<void> {
  // Only an ARN names an account where the environment does not.
  if (target.account === null || environment.account !== null) return;
  const found =
    observed.kind === "present"
      ? accountOf(observed.live.arn)
      : await aws.identity(calls).then(
          ({ account }) => account,
          () => null,
        );
  if (found === null || found === target.account) return;
  throw nameElsewhere(
    target.target,
    `the credentials' account ${found}`,
    "credentials",
    placeOf(environment),
  );
}
