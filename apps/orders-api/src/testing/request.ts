import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { HttpHandler } from "../http/handler.ts";

export interface TestRequest {
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly base64?: boolean;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An event of payload format 2.0, as a function URL and an HTTP API send it. */
function eventOf(method: string, path: string, given: TestRequest): APIGatewayProxyEventV2 {
  const body = given.base64 ? Buffer.from(given.body ?? "").toString("base64") : given.body?.toString();
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: { "content-type": "application/json", ...given.headers },
    requestContext: {
      accountId: "111111111111",
      apiId: "api",
      domainName: "api.lambda-url.eu-west-1.on.aws",
      domainPrefix: "api",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "gateway-1",
      routeKey: "$default",
      stage: "$default",
      time: "21/Nov/2026:12:00:00 +0000",
      timeEpoch: 1_795_262_400_000,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: given.base64 ?? false,
  };
}

/** Sends a request to a handler. */
export async function send(
  handler: HttpHandler,
  line: `${string} ${string}`,
  given: TestRequest = {},
): Promise<TestAnswer> {
  const [method = "", path = ""] = line.split(" ");
  const context = { functionName: "orders-test", functionVersion: "7" } as Context;
  const { statusCode = 0, headers = {}, body = "" } = await handler(eventOf(method, path, given), context);
  return { status: statusCode, headers, body: JSON.parse(body) };
}
