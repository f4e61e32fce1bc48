import { awsProblem, type LambdaApi } from "@sluice/aws";
import { EXIT_CODES } from "@sluice/core";
import { cliErrors } from "../errors.ts";
import { type InvocationReport, reportIn } from "../invoke/invocation-report.ts";
import { readPayloads } from "../invoke/payloads.ts";
import { formatDuration } from "../report/human.ts";
import { flagOption, type Session, textOption } from "../session.ts";
import { formatProblem } from "../terminal/problems.ts";
import { type FunctionPlace, findFunction } from "../workflow/function-place.ts";

const USAGE = "sluice invoke FUNCTION [--payload JSON|@file|-] [--async]";

type Answer = Awaited<ReturnType<LambdaApi["invoke"]>>;

interface Invoked {
  readonly answer: Answer;
  readonly result: string;
  readonly log: string;
  readonly report: InvocationReport | null;
  /** Milliseconds until the answer was here. */
  readonly elapsedMs: number;
}

/** `sluice invoke` */
export async function invoke(session: Session): Promise<number> {
  const [place, payloads] = await Promise.all([
    findFunction(session, "invoke", USAGE),
    readPayloads(session),
  ]);
  const documents: object[] = [];
  let hasFailed = false;
  // One after another, as whoever writes them on lines expects it; what one comes to is shown before the next.
  for (const payload of payloads) {
    const invoked = await send(session, place, payload);
    show(session, place, invoked);
    hasFailed ||= invoked.answer.FunctionError !== undefined;
    documents.push(documentOf(invoked));
  }
  if (session.json) {
    const head = {
      schema: 1,
      command: "invoke",
      function: place.name,
      target: place.target,
      region: place.region,
    };
    const [first] = documents;
    session.printJson(documents.length === 1 ? { ...head, ...first } : { ...head, invocations: documents });
  }
  return hasFailed ? EXIT_CODES.target : 0;
}

async function send(session: Session, place: FunctionPlace, payload: string): Promise<Invoked> {
  const { context, arguments: args } = session;
  const { aws, target, region, environment } = place;
  const isAsync = flagOption(args, "async");
  const qualifier = textOption(args, "qualifier") ?? environment.alias ?? undefined;
  const started = context.now();
  const input = {
    FunctionName: target,
    Payload: new TextEncoder().encode(payload),
    // An asynchronous invocation has no result, and no log yet.
    ...(isAsync ? { InvocationType: "Event" as const } : { LogType: "Tail" as const }),
    ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
  };
  const answer = await aws.lambda.invoke(input).catch((error: unknown) => {
    throw awsProblem(error, { operation: "Invoke", target, region, account: environment.account });
  });
  const log = Buffer.from(answer.LogResult ?? "", "base64")
    .toString("utf8")
    .trimEnd();
  const result = Buffer.from(answer.Payload ?? "").toString("utf8");
  return { answer, result, log, report: reportIn(log), elapsedMs: context.now() - started };
}

function show(session: Session, { target }: FunctionPlace, invoked: Invoked): void {
  const { colors, context } = session;
  const { answer, log, result } = invoked;
  if (log !== "") session.say(colors.dim(log));
  session.say(colors.dim(howItWent(invoked)));
  if (answer.FunctionError !== undefined) {
    const { problems } = cliErrors.functionError(target, answer.FunctionError);
    context.log.error(formatProblem(problems[0], colors));
  }
  if (!session.json && !flagOption(session.arguments, "async")) session.print(result);
}

function howItWent({ answer, report, elapsedMs }: Invoked): string {
  const version = answer.ExecutedVersion === undefined ? "" : `version ${answer.ExecutedVersion}, `;
  if (answer.StatusCode === 202) return `${version}accepted in ${formatDuration(elapsedMs)}`;
  const { billedDurationMs = null, memorySizeMb = null, maxMemoryUsedMb = null } = report ?? {};
  const billed = billedDurationMs === null ? "" : `, billed ${formatDuration(billedDurationMs)}`;
  const memory = maxMemoryUsedMb === null ? "" : `, ${maxMemoryUsedMb} of ${memorySizeMb} MB`;
  return `${version}${formatDuration(elapsedMs)}${billed}${memory}`;
}

function documentOf({ answer, result, log, report, elapsedMs }: Invoked): object {
  return {
    version: answer.ExecutedVersion ?? null,
    statusCode: answer.StatusCode ?? null,
    functionError: answer.FunctionError ?? null,
    payload: parsed(result),
    log: log === "" ? [] : log.split("\n"),
    report,
    durationMs: elapsedMs,
  };
}

/** `null` for an asynchronous invocation, which has no result. */
function parsed(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
