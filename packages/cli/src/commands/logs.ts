import { redactValues } from "@sluice/core";
import { followEvents } from "../logs/follow.ts";
import { type LogEvent, type LogQuery, readEvents } from "../logs/log-events.ts";
import { findLogGroup } from "../logs/log-group.ts";
import { momentOf } from "../logs/since.ts";
import { flagOption, type Session, textOption } from "../session.ts";
import { formatProblems } from "../terminal/problems.ts";
import { findFunction } from "../workflow/function-place.ts";

const USAGE = "sluice logs FUNCTION [--since 10m] [--follow] [--filter PATTERN]";

/** `sluice logs` */
export async function logs(session: Session): Promise<number> {
  const { context, arguments: args } = session;
  const since = momentOf(textOption(args, "since") ?? "10m", context.now());
  const place = await findFunction(session, "logs", USAGE);
  const { name, target, region, environment, aws } = place;
  const group = await findLogGroup(place, context);
  const { account } = environment;
  const query: LogQuery = { aws, group, region, account, pattern: textOption(args, "filter") ?? null };
  if (flagOption(args, "follow")) return follow(session, query, since);
  const events: LogEvent[] = [];
  for await (const page of readEvents(query, since)) {
    if (session.json) events.push(...page);
    else for (const event of page) session.print(lineOf(event));
  }
  const head = { schema: 1, command: "logs", function: name, target, region, logGroup: group.name };
  if (session.json) session.printJson({ ...head, events: events.map(documentOf) });
  return 0;
}

/** Until it is interrupted: that is how it ends, and no error to be shown. With `--json` a document on a line for each event. */
async function follow(session: Session, query: LogQuery, since: number): Promise<number> {
  const { context, colors, json } = session;
  session.reportFailure = async (error) => {
    if (!context.signal.aborted) context.log.error(formatProblems(error.problems, colors));
  };
  let isRead = true;
  process.stdout.once("error", () => {
    isRead = false;
  });
  session.say(colors.dim(`following ${query.group.name}; Ctrl-C ends it`));
  for await (const page of followEvents(query, since, context)) {
    for (const event of page) {
      const line = (): string => JSON.stringify(redactValues(documentOf(event), context.redact));
      session.print(json ? line() : lineOf(event));
    }
    // Whoever reads has gone, as `| head` does.
    if (!isRead) return 0;
  }
  return 0;
}

const momentText = (timestamp: number): string => new Date(timestamp).toISOString();

const lineOf = ({ timestamp, message }: LogEvent): string => `${momentText(timestamp)} ${message}`;

function documentOf({ timestamp, message, stream, version }: LogEvent): object {
  return { timestamp: momentText(timestamp), message, version, stream };
}
