import { openAws } from "@sluice/aws";
import type { ResolvedEnvironment, RunContext, TargetReport } from "@sluice/core";
import { updateExisting } from "../update-existing.ts";
import type { CodeDeployDouble } from "./code-deploy-double.ts";
import { type FakeFunction, fakeLambda } from "./fake-lambda.ts";
import { doorWith, rowOf } from "./rollouts.ts";
import { clockedContext, deploy, type Scene } from "./scene.ts";

export const BY_CODE_DEPLOY = {
  kind: "codeDeploy" as const,
  application: "shop",
  group: "{function}-{environment}",
  config: null,
};

export interface CodeDeployGiven {
  readonly environment?: Partial<ResolvedEnvironment>;
  readonly context?: Partial<RunContext>;
  readonly options?: { readonly waitSeconds?: number };
}

/** One deployment of new code to a function by the real client of CodeDeploy. */
export async function codeDeployRun(
  scene: Scene,
  target: FakeFunction,
  double: CodeDeployDouble,
  given: CodeDeployGiven = {},
): Promise<TargetReport> {
  const env = {
    AWS_ENDPOINT_URL_CODEDEPLOY: double.endpoint,
    AWS_ACCESS_KEY_ID: "111111111111",
    AWS_SECRET_ACCESS_KEY: "secret-of-a-test",
  };
  const context = clockedContext(scene.folder, { env, ...given.context });
  const { codeDeploy } = openAws(context, { region: "eu-west-1", profile: null, role: null });
  const artifact = await scene.artifact("orders", "new");
  const environment = { alias: "live", traffic: BY_CODE_DEPLOY, ...given.environment };
  const strategy = updateExisting(given.options, doorWith(fakeLambda(target), { codeDeploy }));
  return rowOf(deploy(strategy, scene.input([artifact], environment), context));
}
