import type {
  CreateAliasCommandInput,
  CreateAliasCommandOutput,
  DeleteFunctionCommandInput,
  DeleteFunctionCommandOutput,
  GetAliasCommandInput,
  GetAliasCommandOutput,
  GetFunctionCommandInput,
  GetFunctionCommandOutput,
  GetFunctionUrlConfigCommandInput,
  GetFunctionUrlConfigCommandOutput,
  GetLayerVersionByArnCommandInput,
  GetLayerVersionByArnCommandOutput,
  InvokeCommandInput,
  InvokeCommandOutput,
  LambdaClientResolvedConfig,
  ListAliasesCommandInput,
  ListAliasesCommandOutput,
  ListEventSourceMappingsCommandInput,
  ListEventSourceMappingsCommandOutput,
  ListFunctionsCommandInput,
  ListFunctionsCommandOutput,
  ListLayerVersionsCommandInput,
  ListLayerVersionsCommandOutput,
  ListVersionsByFunctionCommandInput,
  ListVersionsByFunctionCommandOutput,
  PublishLayerVersionCommandInput,
  PublishLayerVersionCommandOutput,
  PublishVersionCommandInput,
  PublishVersionCommandOutput,
  ServiceInputTypes,
  ServiceOutputTypes,
  UpdateAliasCommandInput,
  UpdateAliasCommandOutput,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionCodeCommandOutput,
} from "@aws-sdk/client-lambda";
import type { RunContext } from "@sluice/core";
import { type ClientConfig, requestTimeout } from "./client.ts";
import type { Quotas } from "./quotas.ts";
import { type AwsCall, createVerbs, loadOnce } from "./verbs.ts";
import { withoutVersionWarning } from "./version-warning.ts";

/** One verb of Lambda's API: its SDK's input in, its SDK's output out. */
export type LambdaCall<Input, Output> = AwsCall<Input, Output>;

/**
 * The verbs that Sluice uses, under AWS's own names. Each waits for its quota, retries what is safe to retry, and
 * adds every request that is really sent to `calls`.
 *
 * Errors are the SDK's own: ask `classifyAwsError`, show with `awsProblem`. `error.$metadata.attempts` above 1 says that an
 * earlier request of the same call may have been carried out although its answer was lost. Missing credentials, an
 * unknown profile, a role that cannot be assumed and a cancelled wait are errors of Sluice already.
 */
export interface LambdaApi {
  readonly getFunction: LambdaCall<GetFunctionCommandInput, GetFunctionCommandOutput>;
  /** One page; 50 functions at most. */
  readonly listFunctions: LambdaCall<ListFunctionsCommandInput, ListFunctionsCommandOutput>;
  readonly updateFunctionCode: LambdaCall<UpdateFunctionCodeCommandInput, UpdateFunctionCodeCommandOutput>;
  readonly getAlias: LambdaCall<GetAliasCommandInput, GetAliasCommandOutput>;
  readonly updateAlias: LambdaCall<UpdateAliasCommandInput, UpdateAliasCommandOutput>;
  readonly createAlias: LambdaCall<CreateAliasCommandInput, CreateAliasCommandOutput>;
  /** One page. */
  readonly listAliases: LambdaCall<ListAliasesCommandInput, ListAliasesCommandOutput>;
  /** Of a function version: Sluice never deletes a function. The input's type makes the qualifier optional; give it. */
  readonly deleteFunction: LambdaCall<
    DeleteFunctionCommandInput & { readonly Qualifier: string },
    DeleteFunctionCommandOutput
  >;
  readonly getFunctionUrlConfig: LambdaCall<
    GetFunctionUrlConfigCommandInput,
    GetFunctionUrlConfigCommandOutput
  >;
  /** One page. */
  readonly listEventSourceMappings: LambdaCall<
    ListEventSourceMappingsCommandInput,
    ListEventSourceMappingsCommandOutput
  >;
  /** One page. */
  readonly listVersionsByFunction: LambdaCall<
    ListVersionsByFunctionCommandInput,
    ListVersionsByFunctionCommandOutput
  >;
  readonly publishVersion: LambdaCall<PublishVersionCommandInput, PublishVersionCommandOutput>;
  /** One page, the newest first. */
  readonly listLayerVersions: LambdaCall<ListLayerVersionsCommandInput, ListLayerVersionsCommandOutput>;
  readonly getLayerVersionByArn: LambdaCall<
    GetLayerVersionByArnCommandInput,
    GetLayerVersionByArnCommandOutput
  >;
  /** Never sent again after it may have been heard: each call makes a version, of the same content too. */
  readonly publishLayerVersion: LambdaCall<PublishLayerVersionCommandInput, PublishLayerVersionCommandOutput>;
  /** Never sent again after it may have been heard: a function that is invoked twice runs twice. */
  readonly invoke: LambdaCall<InvokeCommandInput, InvokeCommandOutput>;
}

/** Milliseconds: a function may run for 15 minutes, and AWS answers when it has ended. */
const INVOKE_TIMEOUT = 16 * 60_000;

/** Milliseconds for a request with this zip, which goes as base64: four bytes for three. */
function uploadTimeout(zip: Uint8Array | undefined): number {
  return requestTimeout(((zip?.byteLength ?? 0) * 4) / 3);
}

type Sdk = typeof import("./sdk/lambda.ts");

/** Makes the API over one client, which is loaded and made by the first call. */
export function createLambdaApi(
  context: RunContext,
  quotas: Quotas,
  config: () => Promise<ClientConfig>,
): LambdaApi {
  const load = loadOnce(async () => {
    const sdk = await import("./sdk/lambda.ts");
    const settings = await config();
    return { sdk, client: withoutVersionWarning(() => new sdk.LambdaClient(settings)) };
  });
  const verb = createVerbs<Sdk, ServiceInputTypes, ServiceOutputTypes, LambdaClientResolvedConfig>(
    context,
    quotas,
    load,
  );
  return {
    getFunction: verb("GetFunction", (sdk, input) => new sdk.GetFunctionCommand(input)),
    listFunctions: verb("ListFunctions", (sdk, input) => new sdk.ListFunctionsCommand(input)),
    updateFunctionCode: verb(
      "UpdateFunctionCode",
      (sdk, input) => new sdk.UpdateFunctionCodeCommand(input),
      (input) => uploadTimeout(input.ZipFile),
    ),
    getAlias: verb("GetAlias", (sdk, input) => new sdk.GetAliasCommand(input)),
    updateAlias: verb("UpdateAlias", (sdk, input) => new sdk.UpdateAliasCommand(input)),
    createAlias: verb("CreateAlias", (sdk, input) => new sdk.CreateAliasCommand(input)),
    listAliases: verb("ListAliases", (sdk, input) => new sdk.ListAliasesCommand(input)),
    deleteFunction: verb<DeleteFunctionCommandInput, DeleteFunctionCommandOutput>(
      "DeleteFunction",
      (sdk, input) => new sdk.DeleteFunctionCommand(input),
    ),
    getFunctionUrlConfig: verb(
      "GetFunctionUrlConfig",
      (sdk, input) => new sdk.GetFunctionUrlConfigCommand(input),
    ),
    listEventSourceMappings: verb(
      "ListEventSourceMappings",
      (sdk, input) => new sdk.ListEventSourceMappingsCommand(input),
    ),
    listVersionsByFunction: verb(
      "ListVersionsByFunction",
      (sdk, input) => new sdk.ListVersionsByFunctionCommand(input),
    ),
    publishVersion: verb("PublishVersion", (sdk, input) => new sdk.PublishVersionCommand(input)),
    listLayerVersions: verb("ListLayerVersions", (sdk, input) => new sdk.ListLayerVersionsCommand(input)),
    getLayerVersionByArn: verb(
      "GetLayerVersionByArn",
      (sdk, input) => new sdk.GetLayerVersionByArnCommand(input),
    ),
    publishLayerVersion: verb(
      "PublishLayerVersion",
      (sdk, input) => new sdk.PublishLayerVersionCommand(input),
      (input) => uploadTimeout(input.Content?.ZipFile),
    ),
    invoke: verb(
      "Invoke",
      (sdk, input) => new sdk.InvokeCommand(input),
      () => INVOKE_TIMEOUT,
    ),
  };
}
