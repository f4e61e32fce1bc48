import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  GetLayerVersionByArnCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";
import { createStub, type Place } from "./stub-function.ts";

const ACCOUNT = "111111111111";
const FUNCTIONS = ["orders", "legacy"];
const WHEEL = "wheels/money-1.0-py3-none-any.whl";

/** Makes a wheel with Python's own zipfile, so that no package of ours makes it. */
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as wheel:
    wheel.writestr("money/__init__.py", "def format(amount):\\n    return 'EUR ' + str(amount)\\n" * 20)
    wheel.writestr("money/tests/test_money.py", "import money\\n")
    wheel.writestr("money-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: money\\nVersion: 1.0\\n")
    wheel.writestr("money-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\n")
    wheel.writestr("money-1.0.dist-info/RECORD", "money-1.0.dist-info/RECORD,,\\n")
`;

let emulator: Emulator;
let repository: FunctionRepository;
let lambda: LambdaClient;

beforeAll(async () => {
  emulator = await startEmulator();
  const place: Place = { endpoint: emulator.endpoint, account: ACCOUNT, region: "eu-west-1" };
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "test" };
  lambda = new LambdaClient({ endpoint: emulator.endpoint, region: place.region, credentials });
  const source = "import money\n\n\ndef lambda_handler(event, context):\n    return money.format(1)\n";
  repository = await createRepository({
    "src/orders.py": source,
    "legacy/app.py": source,
    "wheels/README.md": "Wheels of our own.\n",
    "sluice.config.json": JSON.stringify({
      layers: { shared: { python: { requirements: "pylock.toml" }, name: "{layer}-{environment}" } },
      bundle: { layers: ["shared"], runtime: "python3.13" },
      functions: { orders: "src/orders.py", legacy: { entry: "legacy", handler: "app.lambda_handler" } },
      environments: {
        dev: { account: ACCOUNT, region: place.region, name: "{function}-dev", alias: "live" },
      },
    }),
  });
  const wheel = join(repository.path, WHEEL);
  await promisify(execFile)("python3", ["-c", MAKE_WHEEL, wheel]);
  const sha256 = createHash("sha256")
    .update(await readFile(wheel))
    .digest("hex");
  const locked = `[[packages]]\nname = "money"\nversion = "1.0"\nwheels = [{ path = "${WHEEL}", hashes = { sha256 = "${sha256}" } }]\n`;
  await repository.write("pylock.toml", `lock-version = "1.0"\ncreated-by = "hand"\n${locked}`);
  await repository.commit("a wheel");
  for (const name of FUNCTIONS) {
    const Handler = name === "legacy" ? "app.lambda_handler" : "index.handler";
    await createStub(place, `${name}-dev`, { Runtime: "python3.13", Handler, alias: "live" });
  }
}, 120_000);

afterAll(async () => {
  lambda?.destroy();
  await emulator?.stop();
  await repository?.dispose();
});

interface Row {
  readonly function: string;
  readonly outcome: string;
  readonly arn?: string;
  readonly codeSha256: string | null;
  readonly error: { readonly code: string } | null;
}

async function deploy(): Promise<{ exitCode: number | null; rows: Record<string, Row> }> {
  const environment = jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const ran = await sluice(repository.path, ["deploy", "--json"], environment);
  const { targets = [] } = JSON.parse(ran.stdout) as { targets?: readonly Row[] };
  return { exitCode: ran.exitCode, rows: Object.fromEntries(targets.map((row) => [row.function, row])) };
}

async function filesOf(name: string): Promise<string[]> {
  const text = await readFile(join(repository.path, `.sluice/artifacts/${name}.manifest.json`), "utf8");
  return (JSON.parse(text) as { files: { path: string }[] }).files.map(({ path }) => path);
}

describe("a layer of Python packages, for a function and a ready package", { timeout: 120_000 }, () => {
  let arn: string;

  it("is published for its runtime, and holds what the functions leave out", async () => {
    const { exitCode, rows } = await deploy();
    expect(exitCode).toBe(4);
    for (const name of FUNCTIONS) expect(rows[name]?.error?.code).toBe("SLUICE_LAYER_NOT_ATTACHED");
    arn = rows["layer:shared"]?.arn ?? "";
    expect(await filesOf("layer-shared")).toEqual([
      "python/money-1.0.dist-info/METADATA",
      "python/money-1.0.dist-info/top_level.txt",
      "python/money/__init__.py",
    ]);
    expect(await filesOf("orders")).toEqual(["index.py", "orders.py"]);
    const published = await lambda.send(new GetLayerVersionByArnCommand({ Arn: arn }));
    expect(published.CompatibleRuntimes).toEqual(["python3.13"]);
    expect(published.Content?.CodeSha256).toBe(rows["layer:shared"]?.codeSha256);
    const zip = await readFile(join(repository.path, ".sluice/artifacts/layer-shared.zip"));
    expect(published.Content?.CodeSha256).toBe(createHash("sha256").update(zip).digest("base64"));
  });

  it("lets both be deployed once it is attached, and stays as it is", async () => {
    for (const name of FUNCTIONS) {
      const attached = { FunctionName: `${name}-dev`, Layers: [arn] };
      await lambda.send(new UpdateFunctionConfigurationCommand(attached));
    }
    const { exitCode, rows } = await deploy();
    expect(exitCode).toBe(0);
    expect(rows["layer:shared"]).toMatchObject({ outcome: "unchanged", arn });
    for (const name of FUNCTIONS) expect(rows[name]).toMatchObject({ outcome: "updated", error: null });
    const again = await deploy();
    expect(Object.values(again.rows).map(({ outcome }) => outcome)).toEqual(Array(3).fill("unchanged"));
  });
});
