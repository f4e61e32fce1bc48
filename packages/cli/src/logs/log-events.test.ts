import type { Aws } from "@sluice/aws";
import type { RunContext } from "@sluice/core";
import { describe, expect, it } from "vitest";
import type { FunctionPlace } from "../workflow/function-place.ts";
import { followEvents } from "./follow.ts";
import { type LogEvent, type LogQuery, readEvents } from "./log-events.ts";
import { findLogGroup } from "./log-group.ts";

type Input = Parameters<Aws["logs"]["filterLogEvents"]>[0];
type Page = Partial<Awaited<ReturnType<Aws["logs"]["filterLogEvents"]>>>;

const awsError = (name: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(`${name} by the test`), { name, $metadata: { httpStatusCode } });

function queryOf(
  answer: (input: Input, nth: number) => Page | Error,
): LogQuery & { readonly asked: Input[] } {
  const asked: Input[] = [];
  const filterLogEvents = async (input: Input) => {
    asked.push(input);
    const page = answer(input, asked.length);
    if (page instanceof Error) throw page;
    return { $metadata: {}, ...page };
  };
  const aws = { logs: { filterLogEvents } } as unknown as Aws;
  const group = { name: "/aws/lambda/orders", has: () => true };
  return { aws, group, region: "eu-west-1", account: null, pattern: null, asked };
}

const event = (timestamp: number, message: string, eventId?: string) => ({
  timestamp,
  message,
  logStreamName: "2026/01/31/[7]abc",
  ...(eventId === undefined ? {} : { eventId }),
});

async function all(pages: AsyncGenerator<readonly LogEvent[]>): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  for await (const page of pages) events.push(...page);
  return events;
}

describe("reading a log", () => {
  it("goes through all pages, empty ones too", async () => {
    const query = queryOf((_, nth) => {
      if (nth === 1) return { events: [], nextToken: "2" };
      return nth === 2
        ? { events: [event(5, "one\n", "a")], nextToken: "3" }
        : { events: [event(6, "two", "b")] };
    });
    const events = await all(readEvents({ ...query, pattern: "ERROR" }, 5));
    expect(events.map(({ message, version }) => [message, version])).toEqual([
      ["one", "7"],
      ["two", "7"],
    ]);
    expect(query.asked.map(({ nextToken }) => nextToken)).toEqual([undefined, "2", "3"]);
    expect(query.asked[0]).toMatchObject({ startTime: 5, filterPattern: "ERROR" });
  });

  it.each([
    ["ResourceNotFoundException", 400, "SLUICE_LOG_GROUP_ABSENT"],
    ["AccessDeniedException", 400, "SLUICE_AWS_DENIED"],
  ])("%s is an error with a code", async (name, status, code) => {
    const query = queryOf(() => awsError(name, status));
    await expect(all(readEvents(query, 0))).rejects.toMatchObject({ code });
  });

  it("says which permission is missing", async () => {
    const query = queryOf(() => awsError("AccessDeniedException"));
    const hint = expect.stringContaining("logs:FilterLogEvents");
    await expect(all(readEvents(query, 0))).rejects.toMatchObject({ hint });
  });
});

describe("following a log", () => {
  it("gives each event once, late ones of other streams and equal ones too, and waits for a group", async () => {
    const rounds: (Page | Error)[] = [
      awsError("ResourceNotFoundException"),
      { events: [event(10_000, "a", "1"), event(10_000, "same"), event(10_000, "same")] },
      {
        events: [
          event(9_000, "late", "0"),
          event(10_000, "a", "1"),
          event(10_000, "same"),
          event(10_000, "same"),
        ],
      },
      { events: [event(50_000, "b", "2")] },
      { events: [event(50_000, "b", "2"), event(50_001, "c", "3")] },
    ];
    const controller = new AbortController();
    const query = queryOf((_, nth) => rounds[nth - 1] ?? { events: [] });
    const sleep = async (): Promise<void> => {
      if (query.asked.length < rounds.length) return;
      controller.abort();
      throw new Error("stop");
    };
    const context = { sleep, signal: controller.signal } as unknown as RunContext;
    const seen: string[] = [];
    const follow = async (): Promise<void> => {
      for await (const page of followEvents(query, 1_000, context))
        seen.push(...page.map(({ message }) => message));
    };
    await expect(follow()).rejects.toThrow("stop");
    expect(seen).toEqual(["a", "same", "same", "late", "b", "c"]);
    expect(query.asked.map(({ startTime }) => startTime)).toEqual([1_000, 1_000, 1_000, 1_000, 40_000]);
  });
});

describe("the log group", () => {
  const context = { log: { debug: () => undefined } } as unknown as RunContext;
  const placeOf = (getFunction: () => Promise<unknown>, target = "orders"): FunctionPlace =>
    ({
      target,
      region: "eu-west-1",
      environment: { account: null },
      aws: { lambda: { getFunction } },
    }) as never;

  it("is the function's own, and of a shared one its own streams", async () => {
    const own = async () => ({ Configuration: { LoggingConfig: { LogGroup: "/team/all" } } });
    const { name, has } = await findLogGroup(placeOf(own), context);
    expect(name).toBe("/team/all");
    expect(["2026/01/31/orders[7]a", "2026/01/31/payments[7]a", "2026/01/31/[7]a"].map(has)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("is Lambda's by default, also for an ARN and for who must not read functions", async () => {
    const denied = async () => Promise.reject(awsError("AccessDeniedException", 403));
    const arn = "arn:aws:lambda:eu-west-1:111111111111:function:orders";
    expect(
      (
        await findLogGroup(
          placeOf(async () => ({ Configuration: {} }), arn),
          context,
        )
      ).name,
    ).toBe("/aws/lambda/orders");
    expect((await findLogGroup(placeOf(denied, arn), context)).name).toBe("/aws/lambda/orders");
    const absent = async () => Promise.reject(awsError("ResourceNotFoundException", 404));
    await expect(findLogGroup(placeOf(absent), context)).rejects.toMatchObject({ code: "SLUICE_AWS_ABSENT" });
  });
});
