import {
  LambdaClient,
  ListLayerVersionsCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import type { Acts } from "./acts.ts";
import type { Attempted } from "./attempt.ts";
import type { Scenario } from "./scenario.ts";

const REGION = "eu-west-1";

/** A function whose package `money` is in a layer. */
export const LAYER: Pick<Scenario, "more" | "files"> = {
  more: 'layers: { shared: { packages: ["money"], name: "{layer}-{environment}" } }, bundle: { layers: ["shared"] },',
  files: {
    "package.json": JSON.stringify({
      name: "shop",
      version: "1.0.0",
      type: "module",
      dependencies: { money: "1.0.0" },
    }),
    "src/orders.js":
      'import { format } from "money";\nexport const handler = async () => "orders " + format(1);\n',
    "node_modules/money/package.json": JSON.stringify({ name: "money", version: "1.0.0", main: "index.js" }),
    "node_modules/money/index.js": 'exports.format = (amount) => "EUR " + amount;\n',
  },
};

async function within<T>({ stage, world }: Acts, work: (lambda: LambdaClient) => Promise<T>): Promise<T> {
  const credentials = { accessKeyId: world.id, secretAccessKey: "test" };
  const lambda = new LambdaClient({ endpoint: stage.aws, region: REGION, credentials });
  try {
    return await work(lambda);
  } finally {
    lambda.destroy();
  }
}

/** What a deployment tells of the layer it has published. */
function arnIn({ stdout }: Attempted): string | undefined {
  const { targets } = JSON.parse(stdout) as { targets: { function: string; arn?: string }[] };
  return targets.find((row) => row.function === "layer:shared")?.arn;
}

/** Gives each function the layer version, as whoever provisions them does. */
async function attach(acts: Acts, arn: string): Promise<void> {
  const { stage, world } = acts;
  await within(acts, async (client) => {
    for (const name of stage.scenario.functions) {
      const FunctionName = world.targetOf(name);
      await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Layers: [arn] }));
      const waiting = { client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.2 };
      await waitUntilFunctionUpdatedV2(waiting, { FunctionName });
    }
  });
}

/** Deploys, attaches what that has published, and deploys again. */
export async function attachAndDeploy(acts: Acts): Promise<Attempted> {
  const published = await acts.run(["deploy"]);
  const arn = arnIn(published);
  if (arn === undefined || published.exitCode !== 4) return published;
  await attach(acts, arn);
  return acts.run(["deploy"]);
}

/** The layer is published and attached; the function has yet to get its code. */
export async function publishAndAttach(acts: Acts): Promise<void> {
  const published = await acts.run(["deploy"]);
  const arn = arnIn(published);
  if (arn === undefined) throw new Error(`${published.stdout}${published.stderr}`);
  await attach(acts, arn);
}

/** One layer version for one content, however often it was published. */
export async function layerProblems(acts: Acts): Promise<readonly string[]> {
  const listed = await within(acts, (lambda) =>
    lambda.send(new ListLayerVersionsCommand({ LayerName: "shared-dev" })),
  );
  const count = listed.LayerVersions?.length ?? 0;
  return count === 1 ? [] : [`the layer has ${count} versions`];
}
