import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { packageVersion } from "../version.ts";
import { HttpProblem } from "./problem.ts";
import { requestIdOf } from "./request.ts";

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: string;
  /** Its first group is given to `run`. */
  readonly path: RegExp;
  run(event: APIGatewayProxyEventV2, parameter: string, context: Context): Promise<Reply> | Reply;
}

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** Writes one entry to the function's log. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void;

const logToStdout: Log = (entry) => {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
};

/** What DynamoDB says when it is asked too much, by name. The SDK has retried by then. */
const BUSY = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
]);

async function route(
  routes: readonly Route[],
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<Reply> {
  const found = routes.filter(({ path }) => path.test(event.rawPath));
  const method = event.requestContext.http.method;
  const chosen = found.find((each) => each.method === method);
  if (chosen !== undefined) return chosen.run(event, chosen.path.exec(event.rawPath)?.[1] ?? "", context);
  if (found.length === 0) throw new HttpProblem(404, "there is nothing here");
  const allow = found.map((each) => each.method).join(", ");
  throw new HttpProblem(405, "this method is not allowed here", { headers: { allow } });
}

function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof Error && BUSY.has(error.name))
    return new HttpProblem(503, "busy, try again", { headers: { "retry-after": "1" } });
  // What went wrong inside stands in the log under the request id, and nowhere else.
  return new HttpProblem(500, "something went wrong here");
}

function failed(error: unknown, requestId: string): Reply & { readonly type: string } {
  const problem = problemOf(error);
  const { status, errors, headers } = problem;
  const body = { status, title: problem.message, ...(errors.length > 0 && { errors }), requestId };
  return { status, body, headers, type: "application/problem+json" };
}

/**
 * Makes a handler for function URLs and HTTP APIs (payload format 2.0) out of routes. Every answer names its request id
 * and the package version that gave it.
 */
export function createHandler(routes: readonly Route[], log: Log = logToStdout): HttpHandler {
  return async (event, context) => {
    const requestId = requestIdOf(event);
    let reply: Reply & { readonly type?: string };
    try {
      reply = await route(routes, event, context);
    } catch (error) {
      reply = failed(error, requestId);
      if (reply.status >= 500) log({ level: "error", requestId, error: String(error) });
    }
    const { method } = event.requestContext.http;
    log({ level: "info", requestId, method, path: event.rawPath, status: reply.status });
    return {
      statusCode: reply.status,
      headers: {
        "content-type": reply.type ?? "application/json",
        "cache-control": "no-store",
        "x-request-id": requestId,
        "x-package-version": packageVersion,
        ...reply.headers,
      },
      body: JSON.stringify(reply.body),
    };
  };
}
