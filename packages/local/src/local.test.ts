import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, localEnvironment, localStatus, startLocal, stopLocal } from "./index.ts";
import { processesOf, startOf } from "./process-table.ts";
import { testContext } from "./testing/context.ts";

const SOURCE = `
const { spawn } = require("node:child_process");
const child = process.env.CHILD && spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
exports.handler = async (event) => {
  const seen = { env: process.env, node: process.versions.node, path: event.rawPath, cwd: process.cwd(), child: child?.pid };
  return { statusCode: 200, body: JSON.stringify(seen) };
};
`;

const PYTHON_SOURCE = `
import json, os, sys
import boto3

def handler(event, context):
    seen = {"python": "python%d.%d" % sys.version_info[:2], "boto3": boto3.__version__, "env": dict(os.environ)}
    return {"statusCode": 200, "body": json.dumps(seen)}
`;

function functionResource(runtime: string, variables: Record<string, string> = {}) {
  const Role = "arn:aws:iam::111111111111:role/test";
  const Code = { ZipFile: runtime.startsWith("python") ? PYTHON_SOURCE : SOURCE };
  const Environment = { Variables: variables };
  const name = `f-${runtime.replace(".x", "")}${"CHILD" in variables ? "-child" : ""}`;
  const Properties = {
    FunctionName: name,
    Runtime: runtime,
    Handler: "index.handler",
    Role,
    Code,
    Environment,
  };
  return { Type: "AWS::Lambda::Function", Properties };
}

const TEMPLATE = {
  Resources: {
    F22: functionResource("nodejs22.x", { GREETING: "hello" }),
    F24: functionResource("nodejs24.x"),
    F20: functionResource("nodejs20.x"),
    Python: functionResource("python3.13"),
    Child: functionResource("nodejs22.x", { CHILD: "1" }),
    Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: "api", ProtocolType: "HTTP" } },
    Stage: {
      Type: "AWS::ApiGatewayV2::Stage",
      Properties: { ApiId: { Ref: "Api" }, StageName: "$default", AutoDeploy: true },
    },
    Integration: {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: {
        ApiId: { Ref: "Api" },
        IntegrationType: "AWS_PROXY",
        IntegrationUri: { "Fn::GetAtt": ["F22", "Arn"] },
        PayloadFormatVersion: "2.0",
      },
    },
    Route: {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        ApiId: { Ref: "Api" },
        RouteKey: "$default",
        Target: { "Fn::Join": ["/", ["integrations", { Ref: "Integration" }]] },
      },
    },
    Permission: {
      Type: "AWS::Lambda::Permission",
      Properties: {
        FunctionName: { Ref: "F22" },
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
      },
    },
  },
  Outputs: { Api: { Value: { Ref: "Api" } } },
};

let fixture: FsFixture;
let local: LocalAws;
const context = () => {
  const env = { ...process.env, TMPDIR: fixture.getPath("tmp"), SECRET_X: "leaked", AWS_PROFILE: "leaked" };
  return testContext({ cwd: fixture.getPath("repository"), env });
};

function authorization(service: string, account: string): Record<string, string> {
  const credential = `${account}/20260101/eu-west-1/${service}/aws4_request`;
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
  };
}

async function cloudformation(action: string, parameters: Record<string, string>): Promise<string> {
  const response = await fetch(local.endpoint, {
    method: "POST",
    headers: authorization("cloudformation", "111111111111"),
    body: new URLSearchParams({ Action: action, Version: "2010-05-15", StackName: "test", ...parameters }),
  });
  return response.text();
}

interface Seen {
  readonly env: Record<string, string>;
  readonly node: string;
  readonly path?: string;
  readonly cwd: string;
  readonly child?: number;
  readonly python?: string;
  readonly boto3?: string;
}

async function invoke(name: string): Promise<Seen> {
  const url = `${local.endpoint}/2015-03-31/functions/${name}/invocations`;
  const response = await fetch(url, {
    method: "POST",
    headers: authorization("lambda", "111111111111"),
    body: "{}",
  });
  return JSON.parse(((await response.json()) as { body: string }).body) as Seen;
}

/** Addresses that these processes listen on, as /proc/net/tcp has them: hexadecimal address and port. */
function listeners(pids: readonly number[]): string[] {
  const sockets = new Set<string>();
  for (const pid of pids)
    for (const descriptor of readdirSync(`/proc/${pid}/fd`, { withFileTypes: true })) {
      const found = /socket:\[(\d+)\]/.exec(readlink(`/proc/${pid}/fd/${descriptor.name}`));
      if (found?.[1] !== undefined) sockets.add(found[1]);
    }
  return ["tcp", "tcp6", "udp", "udp6"].flatMap((protocol) =>
    readFileSync(`/proc/net/${protocol}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => sockets.has(fields[9] ?? "") && (protocol.startsWith("udp") || fields[3] === "0A"))
      .map((fields) => `${protocol} ${fields[1]}`),
  );
}

function readlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

beforeAll(async () => {
  fixture = await createFixture({ repository: { "package.json": '{"type":"module"}' }, tmp: {} });
  process.env["SECRET_Y"] = "leaked";
  local = await startLocal({}, context());
  await cloudformation("CreateStack", { TemplateBody: JSON.stringify(TEMPLATE) });
}, 600_000);
afterAll(async () => {
  await stopLocal({}, context());
  await fixture.rm();
});

describe("the embedded AWS", () => {
  it("answers, and says so", async () => {
    expect((await fetch(`${local.endpoint}/_ministack/health`)).ok).toBe(true);
    expect(await localStatus({}, context())).toEqual({ running: true, local, stale: false });
  });

  it("is started once", async () => {
    expect(await startLocal({}, context())).toEqual(local);
  });

  it("writes what a shell needs, for its user alone", () => {
    const file = fixture.getPath("repository", ".sluice", "local", "env");
    expect(readFileSync(file, "utf8")).toContain(`export AWS_ENDPOINT_URL='${local.endpoint}'`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(localEnvironment(local)["AWS_ENDPOINT_URL"]).toBe(local.endpoint);
  });

  it.each(["22", "24"] as const)("runs nodejs%s.x under that Node.js", async (major) => {
    const seen = await invoke(`f-nodejs${major}`);
    expect(local.nodes[major]).not.toBeNull();
    expect(seen.node).toBe(local.nodes[major]);
    expect(seen.node.split(".")[0]).toBe(major);
  });

  it("runs other majors under the Node.js that runs Sluice", async () => {
    expect(local.node).toBe(process.versions.node);
    expect((await invoke("f-nodejs20")).node).toBe(local.node);
  });

  it("runs every python runtime under the one that it names, with the boto3 that Lambda has too", async () => {
    const seen = await invoke("f-python3.13");
    expect(seen.python).toBe(local.python);
    expect(localEnvironment(local)["SLUICE_LOCAL_PYTHON"]).toBe(local.python);
    expect(seen.boto3).toMatch(/^1\.\d+\.\d+$/);
    expect(Object.values(seen.env)).not.toContain("leaked");
  });

  it("lets no variable of its user reach a function", async () => {
    const { env, cwd } = await invoke("f-nodejs22");
    expect(Object.values(env)).not.toContain("leaked");
    expect(env["GREETING"]).toBe("hello");
    const inherited = ["PATH", "HOME", "TMPDIR", "LANG", "GATEWAY_PORT", "BIND_HOST", "IOT_MTLS_ENABLED"];
    const known = [...inherited, "SFTP_ENABLED", "DOCKER_HOST", "MINISTACK_EDITION", "GREETING"];
    const others = Object.keys(env).filter((name) => !known.includes(name));
    expect(others.filter((name) => !/^(AWS_|_?LAMBDA_|_MINISTACK_|_X_AMZN_)/.test(name))).toEqual([]);
    // Beside no package.json or node_modules of the repository.
    expect(cwd.startsWith(fixture.getPath("repository"))).toBe(false);
  });

  it("serves the HTTP API of every account to a plain request", async () => {
    const stack = await cloudformation("DescribeStacks", {});
    const id = /<OutputValue>([0-9a-f]{8})<\/OutputValue>/.exec(stack)?.[1];
    const response = await fetch(`${local.endpoint}/_aws/execute-api/${id}/orders/7`);
    expect(((await response.json()) as Seen).path).toBe("/orders/7");
  });

  it.runIf(process.platform === "linux")("listens on one port of loopback, its workers on none", async () => {
    await Promise.all([invoke("f-nodejs22"), invoke("f-nodejs24")]);
    const pids = await processesOf(local.folder);
    expect(pids.length).toBeGreaterThan(2);
    const port = local.port.toString(16).toUpperCase().padStart(4, "0");
    expect(listeners(pids)).toEqual([`tcp 0100007F:${port}`]);
  });

  it("stops with all that functions have started, and leaves nothing behind", async () => {
    const { child = 0 } = await invoke("f-nodejs22-child");
    const before = await processesOf(local.folder);
    expect(before).toContain(local.pid);
    expect(await startOf(child)).not.toBeNull();
    expect(await stopLocal({}, context())).toEqual({ stopped: true });
    for (const pid of before) expect(await startOf(pid)).toBeNull();
    // In a process group of its own, where only Linux tells whose it is.
    if (process.platform === "linux") expect(await startOf(child)).toBeNull();
    else process.kill(child);
    expect(readdirSync(fixture.getPath("tmp"))).toEqual([]);
    expect(readdirSync(fixture.getPath("repository"))).toEqual(["package.json"]);
    expect(await localStatus({}, context())).toEqual({ running: false, local: null, stale: false });
    expect(await stopLocal({}, context())).toEqual({ stopped: false });
  });

  it("keeps what is not its own in the state folder", async () => {
    mkdirSync(fixture.getPath("repository", ".sluice", "local"), { recursive: true });
    await fixture.writeFile("repository/.sluice/local/notes", "mine");
    await stopLocal({}, context());
    expect(readdirSync(fixture.getPath("repository", ".sluice", "local"))).toEqual(["notes"]);
  });
});
