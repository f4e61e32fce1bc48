import type {
  CodeDeployClientResolvedConfig,
  CreateDeploymentCommandInput,
  CreateDeploymentCommandOutput,
  GetDeploymentCommandInput,
  GetDeploymentCommandOutput,
  GetDeploymentGroupCommandInput,
  GetDeploymentGroupCommandOutput,
  ListDeploymentsCommandInput,
  ListDeploymentsCommandOutput,
  ServiceInputTypes,
  ServiceOutputTypes,
  StopDeploymentCommandInput,
  StopDeploymentCommandOutput,
} from "@aws-sdk/client-codedeploy";
import type { RunContext } from "@sluice/core";
import type { ClientConfig } from "./client.ts";
import type { Quotas } from "./quotas.ts";
import { type AwsCall, createVerbs, loadOnce } from "./verbs.ts";
import { withoutVersionWarning } from "./version-warning.ts";

/** The verbs of CodeDeploy that Sluice uses. Errors are as those of `LambdaApi`. */
export interface CodeDeployApi {
  /** Never sent again after it may have been heard: each call begins a deployment. Look with {@link listDeployments}. */
  readonly createDeployment: AwsCall<CreateDeploymentCommandInput, CreateDeploymentCommandOutput>;
  readonly getDeployment: AwsCall<GetDeploymentCommandInput, GetDeploymentCommandOutput>;
  readonly getDeploymentGroup: AwsCall<GetDeploymentGroupCommandInput, GetDeploymentGroupCommandOutput>;
  /** One page, the newest first. */
  readonly listDeployments: AwsCall<ListDeploymentsCommandInput, ListDeploymentsCommandOutput>;
  readonly stopDeployment: AwsCall<StopDeploymentCommandInput, StopDeploymentCommandOutput>;
}

type Sdk = typeof import("./sdk/codedeploy.ts");

/** Makes the API over one client, which is loaded and made by the first call. */
export function createCodeDeploy(
  context: RunContext,
  quotas: Quotas,
  config: () => Promise<ClientConfig>,
): CodeDeployApi {
  const load = loadOnce(async () => {
    const sdk = await import("./sdk/codedeploy.ts");
    const settings = await config();
    return { sdk, client: withoutVersionWarning(() => new sdk.CodeDeployClient(settings)) };
  });
  const verb = createVerbs<Sdk, ServiceInputTypes, ServiceOutputTypes, CodeDeployClientResolvedConfig>(
    context,
    quotas,
    load,
  );
  return {
    createDeployment: verb("CreateDeployment", (sdk, input) => new sdk.CreateDeploymentCommand(input)),
    getDeployment: verb("GetDeployment", (sdk, input) => new sdk.GetDeploymentCommand(input)),
    getDeploymentGroup: verb("GetDeploymentGroup", (sdk, input) => new sdk.GetDeploymentGroupCommand(input)),
    listDeployments: verb("ListDeployments", (sdk, input) => new sdk.ListDeploymentsCommand(input)),
    stopDeployment: verb("StopDeployment", (sdk, input) => new sdk.StopDeploymentCommand(input)),
  };
}
