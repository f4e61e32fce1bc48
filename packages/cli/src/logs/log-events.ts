import { type Aws, awsProblem, classifyAwsError } from "@sluice/aws";
import { cliErrors } from "../errors.ts";
import type { LogGroup } from "./log-group.ts";

/** A line of a log, or several that were written at once. */
export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Without the line end. */
  readonly message: string;
  readonly stream: string;
  /** Number of the function version that wrote it, or `$LATEST`; `null` when the stream's name does not tell. */
  readonly version: string | null;
  /** Tells it from others, equal ones of the same millisecond too. */
  readonly id: string;
}

export interface LogQuery {
  readonly aws: Aws;
  readonly group: LogGroup;
  readonly region: string;
  readonly account: string | null;
  /** CloudWatch's filter pattern; `null` for everything. */
  readonly pattern: string | null;
}

/**
 * Reads the events since a moment, page by page, as CloudWatch sorts them.
 *
 * @param since - milliseconds since the epoch
 * @throws SLUICE_LOG_GROUP_ABSENT, and errors of `awsProblem`
 */
export async function* readEvents(query: LogQuery, since: number): AsyncGenerator<readonly LogEvent[]> {
  const { group, pattern } = query;
  const counts = new Map<string, number>();
  let token: string | undefined;
  do {
    const page = await filter(query, {
      logGroupName: group.name,
      startTime: since,
      ...(pattern === null ? {} : { filterPattern: pattern }),
      ...(token === undefined ? {} : { nextToken: token }),
    });
    yield (page.events ?? []).flatMap((event) => {
      const { timestamp = 0, message = "", logStreamName: stream = "", eventId } = event;
      if (!group.has(stream)) return [];
      const version = /\[([^\]]+)\]/.exec(stream)?.[1] ?? null;
      const id = eventId ?? nth(counts, JSON.stringify([timestamp, stream, message]));
      return [{ timestamp, message: message.replace(/\r?\n$/, ""), stream, version, id }];
    });
    token = page.nextToken;
  } while (token !== undefined);
}

/** An id for an event that has none: what it says, and the how many-th it is that says so. */
function nth(counts: Map<string, number>, key: string): string {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return `${key} ${count}`;
}

type Filter = Aws["logs"]["filterLogEvents"];

async function filter(
  { aws, group, region, account }: LogQuery,
  input: Parameters<Filter>[0],
): ReturnType<Filter> {
  try {
    return await aws.logs.filterLogEvents(input);
  } catch (error) {
    if (classifyAwsError(error) === "absent") throw cliErrors.logGroupAbsent(group.name, region, error);
    throw awsProblem(error, { operation: "FilterLogEvents", target: group.name, region, account });
  }
}
