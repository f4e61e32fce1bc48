import { awsProblem, classifyAwsError } from "@sluice/aws";
import type { RunContext } from "@sluice/core";
import type { FunctionPlace } from "../workflow/function-place.ts";

/** Where a function's log is. */
export interface LogGroup {
  readonly name: string;
  /** Whether an event of this stream is the function's: a group of one's own may be shared by several. */
  readonly has: (stream: string) => boolean;
}

/** Of a function's name, or its whole ARN. */
const nameOf = (target: string): string => target.split(":")[6] ?? target;

/**
 * Asks the function for its log group. Whoever must not read functions gets the group that Lambda makes by default.
 *
 * @throws errors of `awsProblem`: there is no such function
 */
export async function findLogGroup(place: FunctionPlace, context: RunContext): Promise<LogGroup> {
  const { aws, target, region, environment } = place;
  const name = nameOf(target);
  const byDefault = `/aws/lambda/${name}`;
  try {
    const { Configuration } = await aws.lambda.getFunction({ FunctionName: target });
    const group = Configuration?.LoggingConfig?.LogGroup ?? byDefault;
    return { name: group, has: group === byDefault ? () => true : (stream) => isOf(name, stream) };
  } catch (error) {
    if (classifyAwsError(error) !== "denied")
      throw awsProblem(error, { operation: "GetFunction", target, region, account: environment.account });
    context.log.debug(`GetFunction of ${target} was denied: taking the log group ${byDefault}.`);
    return { name: byDefault, has: () => true };
  }
}

/**
 * Streams of a group that functions share are named `2026/01/31/NAME[7]…`; in a function's own group, without the name.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
 */
function isOf(name: string, stream: string): boolean {
  const other = /^\d{4}\/\d{2}\/\d{2}\/([^[\]]+)\[/.exec(stream)?.[1];
  return other === undefined || other === name;
}
