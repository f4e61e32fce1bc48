import { tmpdir } from "node:os";
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import {
  type Edge,
  type EdgeAnswer,
  type EdgeRequest,
  startEdge,
  startEmulator,
  testContext,
} from "@sluice/test-kit";
import { strToU8, zipSync } from "fflate";
import { afterEach, expect, it } from "vitest";
import { type Aws, openAws } from "./aws.ts";
import type { FunctionUrlRequest } from "./function-url.ts";
import { awsProblem } from "./problem.ts";
import { withoutVersionWarning } from "./version-warning.ts";

const REGION = "eu-west-1";
const URL_OF = "https://abc123.lambda-url.eu-west-1.on.aws/";
const REQUEST: FunctionUrlRequest = {
  method: "GET",
  path: "/health",
  headers: {},
  body: null,
  authType: "NONE",
  timeoutMs: 30_000,
};

let edge: Edge | undefined;
afterEach(async () => {
  await edge?.stop();
});

function awsAt(endpoint: string, env: Record<string, string> = {}): Aws {
  const keys = { AWS_ACCESS_KEY_ID: "111111111111", AWS_SECRET_ACCESS_KEY: "secret-key" };
  const context = testContext({ cwd: tmpdir(), env: { AWS_ENDPOINT_URL: endpoint, ...keys, ...env } });
  return openAws(context, { region: REGION, profile: null, role: null });
}

async function open(
  answer: (request: EdgeRequest) => EdgeAnswer | Promise<EdgeAnswer>,
  env?: Record<string, string>,
): Promise<{ aws: Aws; edge: Edge }> {
  const started = await startEdge(answer);
  edge = started;
  return { aws: awsAt(started.endpoint, env), edge: started };
}

it("goes to the endpoint of one's own with the URL's host, and gives whatever came", async () => {
  const { aws, edge } = await open(() => ({ status: 418, headers: { "x-tea": "pot" }, body: "short" }));
  const headers = { Host: "elsewhere", "X-Trace": "1" };
  const body = strToU8('{"a":1}');
  const answer = await aws.requestFunctionUrl(URL_OF, {
    ...REQUEST,
    method: "POST",
    path: "/tea?b=2&a=1",
    headers,
    body,
  });
  expect([answer.status, answer.headers["x-tea"], Buffer.from(answer.body).toString()]).toEqual([
    418,
    "pot",
    "short",
  ]);
  const [request] = edge.requests;
  expect(request?.url).toBe("/tea?b=2&a=1");
  expect(request?.headers["host"]).toBe("abc123.lambda-url.eu-west-1.on.aws");
  expect(request?.headers["x-trace"]).toBe("1");
  expect(request?.headers["authorization"]).toBeUndefined();
  expect(request?.body.toString()).toBe('{"a":1}');
  expect(edge.requests).toHaveLength(1);
});

it("signs for the service lambda where IAM guards the URL", async () => {
  const { aws, edge } = await open(() => ({ status: 200 }), { AWS_SESSION_TOKEN: "session-token" });
  await aws.requestFunctionUrl(URL_OF, { ...REQUEST, path: "/a b/c?q=x y&q=2&z", authType: "AWS_IAM" });
  const [request] = edge.requests;
  const authorization = request?.headers["authorization"];
  expect(authorization).toContain(`/${REGION}/lambda/aws4_request`);
  expect(authorization).toMatch(/SignedHeaders=[^,]*host;/);
  expect(request?.headers["x-amz-security-token"]).toBe("session-token");
  expect(request?.url).toBe("/a%20b/c?q=x%20y&q=2&z=");
});

it.each(["//evil.example/x", "https://evil.example/x", "@evil.example/x", "x"])(
  "stays with the function's host for the path %s",
  async (path) => {
    const { aws, edge } = await open(() => ({ status: 200 }));
    await aws.requestFunctionUrl(URL_OF, { ...REQUEST, path, authType: "AWS_IAM" });
    const [request] = edge.requests;
    expect(request?.headers["host"]).toBe("abc123.lambda-url.eu-west-1.on.aws");
    expect(request?.url).toBe(path.startsWith("/") ? path : `/${path}`);
  },
);

it("says that no answer came in time, with nothing sent twice", async () => {
  for (const whole of [false, true]) {
    const { aws, edge } = await open(() =>
      whole ? { status: 200, headers: { "content-length": "9" }, body: "half" } : new Promise(() => {}),
    );
    const error = await aws
      .requestFunctionUrl(URL_OF, { ...REQUEST, timeoutMs: 300 })
      .catch((reason) => reason);
    const problem = awsProblem(error, { operation: "InvokeFunctionUrl", target: "orders", region: REGION });
    expect(problem.code).toBe("SLUICE_AWS_NO_ANSWER");
    expect(problem.message).toContain("InvokeFunctionUrl of orders in eu-west-1");
    expect(edge.requests).toHaveLength(1);
    await edge.stop();
  }
});

it("says that nobody is there", async () => {
  const { aws, edge } = await open(() => "reset");
  await edge.stop();
  const error = await aws.requestFunctionUrl(URL_OF, REQUEST).catch((reason) => reason);
  expect(awsProblem(error, { operation: "InvokeFunctionUrl" })).toMatchObject({
    code: "SLUICE_AWS_UNREACHABLE",
  });
});

it("asks a real function, and is let in by IAM's signature", async () => {
  const emulator = await startEmulator();
  try {
    const credentials = { accessKeyId: "111111111111", secretAccessKey: "secret-key" };
    const admin = withoutVersionWarning(
      () => new LambdaClient({ region: REGION, endpoint: emulator.endpoint, credentials }),
    );
    const code = `exports.handler = async (event) => ({ statusCode: 201, headers: { "x-method": event.requestContext.http.method },
      body: JSON.stringify({ path: event.rawPath, query: event.rawQueryString, body: event.body }) });`;
    await admin.send(
      new CreateFunctionCommand({
        FunctionName: "orders",
        Role: "arn:aws:iam::111111111111:role/x",
        Code: { ZipFile: zipSync({ "index.js": strToU8(code) }) },
        Handler: "index.handler",
        Runtime: "nodejs22.x",
      }),
    );
    for (const AuthType of ["NONE", "AWS_IAM"] as const) {
      const Qualifier = AuthType === "NONE" ? {} : { Qualifier: "live" };
      if (AuthType === "AWS_IAM") {
        const { CreateAliasCommand, PublishVersionCommand } = await import("@aws-sdk/client-lambda");
        await admin.send(new PublishVersionCommand({ FunctionName: "orders" }));
        await admin.send(
          new CreateAliasCommand({ FunctionName: "orders", Name: "live", FunctionVersion: "1" }),
        );
      }
      const made = await admin.send(
        new CreateFunctionUrlConfigCommand({ FunctionName: "orders", AuthType, ...Qualifier }),
      );
      await admin.send(
        new AddPermissionCommand({
          FunctionName: "orders",
          StatementId: `url-${AuthType}`,
          Action: "lambda:InvokeFunctionUrl",
          Principal: "*",
          FunctionUrlAuthType: AuthType,
          ...Qualifier,
        }),
      );
      const aws = awsAt(emulator.endpoint);
      const body = strToU8("hello");
      const request = { ...REQUEST, method: "POST", path: "/orders/7?a=1&b=2", body, authType: AuthType };
      const answer = await aws.requestFunctionUrl(made.FunctionUrl ?? "", request);
      expect(answer.status).toBe(201);
      expect(answer.headers["x-method"]).toBe("POST");
      const said = JSON.parse(Buffer.from(answer.body).toString());
      expect([said.path, said.query]).toEqual(["/orders/7", "a=1&b=2"]);
      expect([said.body, Buffer.from(said.body, "base64").toString()]).toContain("hello");
    }
    admin.destroy();
  } finally {
    await emulator.stop();
  }
}, 60_000);
