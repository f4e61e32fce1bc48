import { tmpdir } from "node:os";
import { type EdgeAnswer, startEdge, testContext } from "@sluice/test-kit";
import { expect, it } from "vitest";
import { type Aws, openAws } from "./aws.ts";
import { mayRepeat, REPEATS } from "./repeats.ts";

const failure = (status: number, type: string): EdgeAnswer => ({
  status,
  headers: { "content-type": "application/json", "x-amzn-errortype": type },
  body: JSON.stringify({ Message: type }),
});

const open = (endpoint: string, region: string = "eu-west-1"): Aws => {
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "111111111111",
    AWS_SECRET_ACCESS_KEY: "secret-key",
  };
  const context = testContext({ cwd: tmpdir(), env, sleep: () => Promise.resolve() });
  return openAws(context, { region, profile: null, role: null });
};

/** The least that each verb's input needs, so that a request is made. */
const INPUT = {
  FunctionName: "orders",
  Name: "live",
  FunctionVersion: "1",
  Qualifier: "1",
  LayerName: "shared",
  Arn: "arn:aws:lambda:eu-west-1:111111111111:layer:shared:1",
  Content: { ZipFile: new Uint8Array(1) },
  ZipFile: new Uint8Array(1),
  logGroupName: "/aws/lambda/orders",
  deploymentId: "d-1",
  applicationName: "orders",
  deploymentGroupName: "prod",
};

type Verb = (input: never, calls: object) => Promise<unknown>;

it("has every verb written down, and sends again what may be, nothing else, when an answer was lost", async () => {
  const first = new Map<string, number>();
  const edge = await startEdge(() => "reset");
  try {
    const verbsOf = ({ lambda, codeDeploy, logs }: Aws): Record<string, unknown> => ({
      ...lambda,
      ...codeDeploy,
      ...logs,
    });
    const names = Object.keys(verbsOf(open(edge.endpoint)));
    // Each in a region of its own, where no other takes up the quota.
    const verbs = names.map(
      (name) => [name, verbsOf(open(edge.endpoint, name.toLowerCase()))[name]] as [string, Verb],
    );
    const sent = await Promise.all(
      verbs.map(async ([name, verb]) => {
        const operation = `${name[0]?.toUpperCase()}${name.slice(1)}`;
        const calls: Record<string, number> = {};
        await verb(INPUT as never, calls).catch(() => undefined);
        expect(Object.keys(calls)).toEqual([operation]);
        first.set(operation, calls[operation] ?? 0);
        return operation;
      }),
    );
    expect(sent.filter((operation) => REPEATS[operation] === undefined)).toEqual([]);
  } finally {
    await edge.stop();
  }
  const once = [...first].filter(([, count]) => count === 1).map(([operation]) => operation);
  expect(once.sort()).toEqual(["CreateDeployment", "Invoke", "PublishLayerVersion"]);
  expect([...first].filter(([operation, count]) => mayRepeat(operation) && count !== 8)).toEqual([]);
}, 120_000);

it("takes what nobody wrote down for what must not be repeated", () => {
  expect(mayRepeat("DeleteEverything")).toBe(false);
});

it("invokes again when Lambda says that nothing ran, once the network is there", async () => {
  const edge = await startEdge((_, index) =>
    index === 0 ? failure(502, "ENINotReadyException") : { status: 200, body: "1" },
  );
  try {
    const calls = {};
    await open(edge.endpoint).lambda.invoke({ FunctionName: "orders" }, calls);
    expect(calls).toEqual({ Invoke: 2 });
  } finally {
    await edge.stop();
  }
});
