import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LambdaClient, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { inPool } from "@sluice/test-kit";
import { ACCOUNT, type FleetRun, type FleetScene, measured } from "./fleet-run.ts";

/** Targets at once, as scripts have them. */
const WIDTH = 50;

/** What a script with the SDK and its own retries comes to. */
export interface NaiveRun extends FleetRun {
  /** Functions that were not updated, since the SDK gave up. */
  readonly failed: number;
}

/** Updates every function by the SDK as it comes: no limiter, no look at what is there, no wait. */
export async function updateNaively(scene: FleetScene, region: string): Promise<NaiveRun> {
  const { fleet, proxy } = scene;
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "test" };
  const client = new LambdaClient({ endpoint: proxy.endpoint, region, credentials });
  let failed = 0;
  const run = await measured(scene, () =>
    inPool(fleet.names, WIDTH, async (FunctionName) => {
      const zip = join(fleet.repository.path, ".sluice", "artifacts", `${FunctionName}.zip`);
      const input = { FunctionName, ZipFile: await readFile(zip), Publish: true };
      await client.send(new UpdateFunctionCodeCommand(input)).catch(() => {
        failed += 1;
      });
    }),
  );
  client.destroy();
  return { ...run, failed };
}
