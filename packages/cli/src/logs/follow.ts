import { isSluiceError, type RunContext } from "@sluice/core";
import { type LogEvent, type LogQuery, readEvents } from "./log-events.ts";

/** Milliseconds between two looks: FilterLogEvents has a quota of 5 requests a second per account and region. */
const PAUSE = 1_500;

/** Milliseconds by which events of one stream may come later than those of another (ingestion is not in order). */
const OVERLAP = 10_000;

/**
 * Gives the events since a moment, then new ones as they come, each once, until the run is cancelled. A log group that is not
 * there yet comes with the first invocation.
 */
export async function* followEvents(
  query: LogQuery,
  since: number,
  context: RunContext,
): AsyncGenerator<readonly LogEvent[]> {
  /** Id → timestamp of what was given already. */
  const given = new Map<string, number>();
  let newest = since;
  for (;;) {
    for await (const page of patiently(readEvents(query, Math.max(since, newest - OVERLAP)))) {
      const fresh = page.filter(({ id }) => !given.has(id));
      for (const { id, timestamp } of page) {
        given.set(id, timestamp);
        newest = Math.max(newest, timestamp);
      }
      yield fresh;
    }
    for (const [id, timestamp] of given) if (timestamp < newest - OVERLAP) given.delete(id);
    await context.sleep(PAUSE);
  }
}

async function* patiently(pages: AsyncGenerator<readonly LogEvent[]>): AsyncGenerator<readonly LogEvent[]> {
  try {
    yield* pages;
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "SLUICE_LOG_GROUP_ABSENT") throw error;
  }
}
