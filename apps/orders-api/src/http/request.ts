import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { HttpProblem } from "./problem.ts";

/** Bytes. An order of fifty items takes about four thousand. */
const MAXIMUM_BODY = 16_384;

/** Header of a request; function URLs and HTTP APIs give names in lower case. */
export function headerOf(event: APIGatewayProxyEventV2, name: string): string | undefined {
  return event.headers?.[name];
}

/** The client's own request id where it is harmless, else the gateway's. */
export function requestIdOf(event: APIGatewayProxyEventV2): string {
  const own = headerOf(event, "x-request-id");
  return own !== undefined && /^[\w.:-]{1,100}$/.test(own) ? own : event.requestContext.requestId;
}

function bytesOf(event: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
}

/**
 * The request's JSON.
 *
 * @throws HttpProblem 413, 415 or 400
 */
export function jsonOf(event: APIGatewayProxyEventV2): unknown {
  const bytes = bytesOf(event);
  if (bytes.length > MAXIMUM_BODY)
    throw new HttpProblem(413, "the body is too large", { errors: [`at most ${MAXIMUM_BODY} bytes`] });
  const type = headerOf(event, "content-type") ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type))
    throw new HttpProblem(415, "the body must be application/json");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new HttpProblem(400, "the body is not JSON");
  }
}
