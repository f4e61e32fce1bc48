import {
  DeleteFunctionCommand,
  GetLayerVersionByArnCommand,
  LambdaClient,
  ListLayerVersionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";
import { createStub, inspect, type Place } from "./stub-function.ts";

const ACCOUNT = "111111111111";
const FUNCTIONS = ["orders", "invoices"];

let emulator: Emulator;
let repository: FunctionRepository;
let place: Place;
let lambda: LambdaClient;

const version = (number: string): string =>
  JSON.stringify({ name: "money", version: number, main: "index.js" });

beforeAll(async () => {
  emulator = await startEmulator();
  place = { endpoint: emulator.endpoint, account: ACCOUNT, region: "eu-west-1" };
  lambda = new LambdaClient({
    endpoint: emulator.endpoint,
    region: place.region,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: "test" },
  });
  const source = (name: string): string =>
    `import { format } from "money";\nexport const handler = async () => "${name} " + format(1);\n`;
  repository = await createRepository({
    "package.json": JSON.stringify({ name: "shop", version: "1.0.0", dependencies: { money: "1.0.0" } }),
    "src/orders.mjs": source("orders"),
    "src/invoices.mjs": source("invoices"),
    "node_modules/money/package.json": version("1.0.0"),
    "node_modules/money/index.js": 'exports.format = (amount) => "EUR " + amount;\n',
    "sluice.config.json": JSON.stringify({
      layers: { shared: { packages: ["money"], name: "{layer}-{environment}" } },
      bundle: { layers: ["shared"] },
      functions: { orders: "src/orders.mjs", invoices: "src/invoices.mjs" },
      environments: {
        dev: { account: ACCOUNT, region: place.region, name: "{function}-dev", alias: "live" },
      },
    }),
  });
  for (const name of FUNCTIONS) await createStub(place, `${name}-dev`, { alias: "live" });
}, 120_000);

afterAll(async () => {
  lambda?.destroy();
  await emulator?.stop();
  await repository?.dispose();
});

interface Row {
  readonly function: string;
  readonly outcome: string;
  readonly version: string | null;
  readonly arn?: string;
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly error: { readonly code: string; readonly hint: string } | null;
}

/** Runs the command with `--json`; its rows by function. */
async function run(...args: string[]): Promise<{ exitCode: number | null; rows: Record<string, Row> }> {
  const environment = jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const ran = await sluice(repository.path, [...args, "--json"], environment);
  const { targets = [] } = JSON.parse(ran.stdout) as { targets?: readonly Row[] };
  return { exitCode: ran.exitCode, rows: Object.fromEntries(targets.map((row) => [row.function, row])) };
}

/** What whoever provisions the functions does with the ARN. */
async function attach(arn: string): Promise<void> {
  for (const name of FUNCTIONS) {
    const input = { FunctionName: `${name}-dev`, Layers: [arn] };
    await lambda.send(new UpdateFunctionConfigurationCommand(input));
  }
}

async function publishedVersions(): Promise<number> {
  const listed = await lambda.send(new ListLayerVersionsCommand({ LayerName: "shared-dev" }));
  return listed.LayerVersions?.length ?? 0;
}

describe("a layer that two functions share", () => {
  let arn: string;

  it("is built, with bundles that leave its packages out", async () => {
    expect((await run("build")).exitCode).toBe(0);
    const { rows } = await run("plan");
    expect(rows["layer:shared"]).toMatchObject({ outcome: "updated", error: null });
    expect(rows["layer:shared"]?.arn).toBeUndefined();
    expect(rows["orders"]?.error?.code).toBe("SLUICE_LAYER_NOT_ATTACHED");
    expect(await publishedVersions()).toBe(0);
  }, 120_000);

  it("is published by the first deployment, which names its ARN and touches no function", async () => {
    const { exitCode, rows } = await run("deploy");
    expect(exitCode).toBe(4);
    const layer = rows["layer:shared"];
    expect(layer).toMatchObject({
      outcome: "updated",
      version: "1",
      apiCalls: { ListLayerVersions: 1, PublishLayerVersion: 1 },
    });
    arn = layer?.arn ?? "";
    expect(arn).toBe(`arn:aws:lambda:eu-west-1:${ACCOUNT}:layer:shared-dev:1`);
    for (const name of FUNCTIONS) {
      expect(rows[name]).toMatchObject({
        outcome: "failed",
        error: { code: "SLUICE_LAYER_NOT_ATTACHED", hint: expect.stringContaining(arn) },
      });
      expect((await inspect(place, `${name}-dev`)).versions).toEqual(["1"]);
    }
    const { Content } = await lambda.send(new GetLayerVersionByArnCommand({ Arn: arn }));
    expect(Content?.CodeSize).toBeGreaterThan(0);
  }, 120_000);

  it("lets the functions be deployed once it is attached", async () => {
    await attach(arn);
    const { exitCode, rows } = await run("deploy");
    expect(exitCode).toBe(0);
    expect(rows["layer:shared"]).toMatchObject({ outcome: "unchanged", arn });
    for (const name of FUNCTIONS)
      expect(rows[name]).toMatchObject({ outcome: "updated", version: "2", error: null });
  }, 120_000);

  it("costs two reads, and each function one, when nothing has changed", async () => {
    const { exitCode, rows } = await run("deploy");
    expect(exitCode).toBe(0);
    expect(rows["layer:shared"]?.apiCalls).toEqual({ ListLayerVersions: 1, GetLayerVersionByArn: 1 });
    for (const name of FUNCTIONS)
      expect(rows[name]).toMatchObject({ outcome: "unchanged", apiCalls: { GetFunction: 1 } });
    expect(await publishedVersions()).toBe(1);
    const planned = await run("plan");
    expect(planned.rows["layer:shared"]).toMatchObject({ outcome: "unchanged", arn });
  }, 120_000);

  it("is published again for other content alone, and wanted by the functions again", async () => {
    await repository.write("node_modules/money/index.js", 'exports.format = (amount) => amount + " EUR";\n');
    const second = await run("deploy");
    expect(second.exitCode).toBe(4);
    const next = arn.replace(/1$/, "2");
    expect(second.rows["layer:shared"]).toMatchObject({ outcome: "updated", version: "2", arn: next });
    expect(second.rows["orders"]?.error?.hint).toContain(`${next} among its Layers`);
    await attach(next);
    expect((await run("deploy")).exitCode).toBe(0);
    expect(await publishedVersions()).toBe(2);
  }, 120_000);

  it("is not published when a function must be there and is not, or does not fit", async () => {
    await repository.write("node_modules/money/index.js", "exports.format = () => 'nothing';\n");
    const remove = new DeleteFunctionCommand({ FunctionName: "invoices-dev" });
    await lambda.send(remove);
    const absent = await run("deploy", "--require-existing");
    expect(absent.exitCode).toBe(5);
    const other = { FunctionName: "orders-dev", Handler: "other.handler" };
    await lambda.send(new UpdateFunctionConfigurationCommand(other));
    expect((await run("deploy")).exitCode).toBe(3);
    expect(await publishedVersions()).toBe(2);
  }, 120_000);
});
