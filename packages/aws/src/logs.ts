import type {
  CloudWatchLogsClientResolvedConfig,
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-cloudwatch-logs";
import type { RunContext } from "@sluice/core";
import type { ClientConfig } from "./client.ts";
import type { Quotas } from "./quotas.ts";
import { type AwsCall, createVerbs, loadOnce } from "./verbs.ts";
import { withoutVersionWarning } from "./version-warning.ts";

/** The verbs of CloudWatch Logs that Sluice uses. Errors are as those of `LambdaApi`. */
export interface LogsApi {
  /** One page, the oldest events first. A page may be empty and have a `nextToken` all the same: the search goes on there. */
  readonly filterLogEvents: AwsCall<FilterLogEventsCommandInput, FilterLogEventsCommandOutput>;
}

type Sdk = typeof import("./sdk/logs.ts");

/** Makes the API over one client, which is loaded and made by the first call. */
export function createLogs(
  context: RunContext,
  quotas: Quotas,
  config: () => Promise<ClientConfig>,
): LogsApi {
  const load = loadOnce(async () => {
    const sdk = await import("./sdk/logs.ts");
    const settings = await config();
    return { sdk, client: withoutVersionWarning(() => new sdk.CloudWatchLogsClient(settings)) };
  });
  const verb = createVerbs<Sdk, ServiceInputTypes, ServiceOutputTypes, CloudWatchLogsClientResolvedConfig>(
    context,
    quotas,
    load,
  );
  return {
    filterLogEvents: verb("FilterLogEvents", (sdk, input) => new sdk.FilterLogEventsCommand(input)),
  };
}
