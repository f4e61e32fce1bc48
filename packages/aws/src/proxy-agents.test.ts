import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startEdge } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CERTIFICATE } from "./testing/certificate.ts";
import { startTlsEdge, startTunnelProxy, type TlsEdge } from "./testing/tunnel.ts";

const run = promisify(execFile);
const entry = fileURLToPath(new URL("../dist/index.js", import.meta.url));
const PASSWORD = "hunter2000";

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::111111111111:user/x</Arn><UserId>x</UserId><Account>111111111111</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

const ASSUMED = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;

let aws: TlsEdge;
let files: FsFixture;
beforeAll(async () => {
  files = await createFixture({ "ca.pem": CERTIFICATE, token: "web-token" });
  aws = await startTlsEdge((host) =>
    host.startsWith("sts") ? { type: "text/xml", body: IDENTITY } : { type: "application/json", body: "{}" },
  );
});
afterAll(async () => {
  await aws.stop();
  await files.rm();
});

const CALLS = `
  getFunction: () => aws.lambda.getFunction({ FunctionName: "orders" }),
  identity: () => aws.identity(),
  head: () => aws.objects("bucket").head("key"),
  url: () => aws.requestFunctionUrl("https://abc.lambda-url.eu-west-1.on.aws/", { method: "GET", path: "/health",
    headers: {}, body: null, authType: "AWS_IAM", timeoutMs: 30_000 }),`;

interface Said {
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly attempts?: number;
}

/** Makes calls in a process of its own, since Node.js reads NODE_EXTRA_CA_CERTS when it starts; gives what came of each. */
async function inProcess(env: Record<string, string>, calls: string): Promise<Said[]> {
  const script = `
    import { awsProblem, openAws } from ${JSON.stringify(entry)};
    const context = { env: process.env, signal: new AbortController().signal, concurrency: 8, now: Date.now,
      redact: (text) => text, sleep: () => Promise.resolve() };
    const aws = openAws(context, { region: "eu-west-1", profile: null, role: null });
    const calls = { ${CALLS} };
    const said = [];
    for (const name of ${JSON.stringify(calls.split(" "))}) {
      said.push(await calls[name]().then(() => ({}), (error) => {
        const { code, message, hint } = awsProblem(error, { operation: name, target: "orders", region: "eu-west-1" });
        return { code, message, hint, attempts: error.$metadata?.attempts };
      }));
    }
    console.log(JSON.stringify(said));`;
  const clean = {
    PATH: process.env["PATH"] ?? "",
    AWS_ACCESS_KEY_ID: "111111111111",
    AWS_SECRET_ACCESS_KEY: "secret-key",
    ...env,
  };
  const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", script], {
    env: clean,
  });
  expect(stderr).not.toContain(PASSWORD);
  expect(stdout).not.toContain(PASSWORD);
  return JSON.parse(stdout);
}

const trusting = (): Record<string, string> => ({ NODE_EXTRA_CA_CERTS: files.getPath("ca.pem") });

it("takes every client through a proxy with a certificate of its own", async () => {
  const proxy = await startTunnelProxy(aws.port);
  aws.requests.length = 0;
  try {
    const HTTPS_PROXY = `http://user:${PASSWORD}@127.0.0.1:${proxy.port}`;
    const said = await inProcess({ HTTPS_PROXY, ...trusting() }, "getFunction identity head url");
    expect(said).toEqual([{}, {}, {}, {}]);
    expect(proxy.asked.map(({ peer }) => peer)).toEqual([
      "lambda.eu-west-1.amazonaws.com:443",
      "sts.eu-west-1.amazonaws.com:443",
      "bucket.s3.eu-west-1.amazonaws.com:443",
      "abc.lambda-url.eu-west-1.on.aws:443",
    ]);
    const basic = `Basic ${Buffer.from(`user:${PASSWORD}`).toString("base64")}`;
    expect(new Set(proxy.asked.map(({ authorization }) => authorization))).toEqual(new Set([basic]));
    expect(aws.requests).toContain("GET abc.lambda-url.eu-west-1.on.aws/health");
    expect(aws.requests).toHaveLength(4);
  } finally {
    await proxy.stop();
  }
}, 60_000);

it("takes the SDK's own clients for credentials there as well", async () => {
  const sts = await startTlsEdge((host) =>
    host.startsWith("sts") ? { type: "text/xml", body: ASSUMED } : { type: "application/json", body: "{}" },
  );
  const proxy = await startTunnelProxy(sts.port);
  try {
    const AWS_ROLE_ARN = "arn:aws:iam::111111111111:role/ci";
    const web = { AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE: files.getPath("token") };
    const HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`;
    const chain = {
      AWS_ACCESS_KEY_ID: "",
      AWS_CONFIG_FILE: files.getPath("none"),
      HTTPS_PROXY,
      ...web,
      ...trusting(),
    };
    expect(await inProcess(chain, "getFunction")).toEqual([{}]);
    const config = `[profile ci]\nrole_arn = ${AWS_ROLE_ARN}\nweb_identity_token_file = ${web.AWS_WEB_IDENTITY_TOKEN_FILE}\n`;
    await files.writeFile("config", config);
    const profile = {
      AWS_ACCESS_KEY_ID: "",
      AWS_PROFILE: "ci",
      AWS_CONFIG_FILE: files.getPath("config"),
      HTTPS_PROXY,
      ...trusting(),
    };
    expect(await inProcess(profile, "getFunction")).toEqual([{}]);
    const once = ["sts.eu-west-1.amazonaws.com:443", "lambda.eu-west-1.amazonaws.com:443"];
    expect(proxy.asked.map(({ peer }) => peer)).toEqual([...once, ...once]);
  } finally {
    await proxy.stop();
    await sts.stop();
  }
}, 60_000);

it("speaks TLS with a proxy that wants it, and keeps its connection", async () => {
  const proxy = await startTunnelProxy(aws.port, { secure: true });
  try {
    const https_proxy = `https://localhost:${proxy.port}`;
    const said = await inProcess({ https_proxy, ...trusting() }, "getFunction getFunction getFunction");
    expect(said).toEqual([{}, {}, {}]);
    expect(proxy.asked).toHaveLength(1);
  } finally {
    await proxy.stop();
  }
}, 60_000);

it("says which proxy shows a certificate that nobody trusts, and how to trust it", async () => {
  for (const secure of [false, true]) {
    const proxy = await startTunnelProxy(aws.port, { secure });
    try {
      const HTTPS_PROXY = `${secure ? "https" : "http"}://user:${PASSWORD}@localhost:${proxy.port}`;
      const [said] = await inProcess({ HTTPS_PROXY }, "getFunction");
      expect(said?.code).toBe("SLUICE_PROXY_FAILED");
      expect(said?.message).toContain(`localhost:${proxy.port} (HTTPS_PROXY)`);
      expect(said?.message).toContain("SELF_SIGNED_CERT");
      expect(said?.hint).toContain("NODE_EXTRA_CA_CERTS");
    } finally {
      await proxy.stop();
    }
  }
}, 60_000);

it.each([
  [407, "password"],
  [403, "NO_PROXY"],
  [502, "NO_PROXY"],
])(
  "says that the proxy answered %i, and what to do",
  async (refuse, hint) => {
    const proxy = await startTunnelProxy(aws.port, { refuse });
    try {
      const HTTPS_PROXY = `http://user:${PASSWORD}@127.0.0.1:${proxy.port}`;
      for (const [index, said] of (await inProcess({ HTTPS_PROXY }, "getFunction identity url")).entries()) {
        expect(said.code).toBe("SLUICE_PROXY_FAILED");
        expect(said.message).toContain(`the proxy answered ${refuse}`);
        expect(said.message).toContain(`http://127.0.0.1:${proxy.port} (HTTPS_PROXY)`);
        expect(said.hint).toContain(hint);
        if (index === 0) expect(said.attempts).toBe(1);
      }
    } finally {
      await proxy.stop();
    }
  },
  60_000,
);

it("says which proxy cannot be reached", async () => {
  const proxy = await startTunnelProxy(aws.port);
  await proxy.stop();
  const HTTPS_PROXY = `http://user:${PASSWORD}@127.0.0.1:${proxy.port}`;
  const [said] = await inProcess({ HTTPS_PROXY }, "getFunction");
  expect(said).toMatchObject({ code: "SLUICE_PROXY_FAILED", attempts: 3 });
  expect(said?.message).toContain(`http://127.0.0.1:${proxy.port} (HTTPS_PROXY)`);
  expect(said?.message).toContain("ECONNREFUSED");
}, 60_000);

it("asks a loopback endpoint directly, and what NO_PROXY names", async () => {
  const edge = await startEdge(() => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: "{}",
  }));
  const proxy = await startTunnelProxy(aws.port, { refuse: 403 });
  try {
    const address = `http://127.0.0.1:${proxy.port}`;
    const env = { HTTPS_PROXY: address, HTTP_PROXY: address, AWS_ENDPOINT_URL: edge.endpoint };
    expect(await inProcess(env, "getFunction")).toEqual([{}]);
    expect(edge.requests).toHaveLength(1);
    // An address of this machine that is not loopback's, so that a proxy is asked unless NO_PROXY names it.
    const own = { HTTP_PROXY: address, AWS_ENDPOINT_URL: edge.endpoint.replace("127.0.0.1", "0.0.0.0") };
    expect(await inProcess({ ...own, NO_PROXY: ".example, 0.0.0.0" }, "getFunction")).toEqual([{}]);
    expect(proxy.asked).toEqual([]);
    const [said] = await inProcess({ ...own, NO_PROXY: ".example" }, "getFunction");
    expect(said?.code).toBe("SLUICE_PROXY_FAILED");
  } finally {
    await proxy.stop();
    await edge.stop();
  }
}, 60_000);

it("refuses what is no proxy before anything is asked", async () => {
  const [said] = await inProcess({ HTTPS_PROXY: `socks5://user:${PASSWORD}@proxy:1080` }, "getFunction");
  expect(said?.code).toBe("SLUICE_PROXY_INVALID");
}, 60_000);
