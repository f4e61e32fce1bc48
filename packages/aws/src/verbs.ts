import type { RunContext } from "@sluice/core";
import type { Command, MetadataBearer } from "@smithy/types";
import type { CallCounter } from "./attempt.ts";
import { requestTimeout, type Sender, send } from "./client.ts";
import type { Quotas } from "./quotas.ts";

/** One verb of a service's API: its SDK's input in, its SDK's output out. */
export type AwsCall<Input, Output> = (input: Input, calls?: CallCounter) => Promise<Output>;

/** A service's SDK and its client, loaded and made by the first call. */
export type Loader<Sdk, Client> = () => Promise<{ readonly sdk: Sdk; readonly client: Client }>;

/** Makes the loader that {@link createVerbs} takes: one client for all who ask. A failure is not remembered. */
export function loadOnce<Sdk, Client>(load: Loader<Sdk, Client>): Loader<Sdk, Client> {
  let loading: ReturnType<Loader<Sdk, Client>> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

/** Makes one verb: the command of the SDK, and how long an answer may take, in milliseconds. */
export type MakeVerb<Sdk, CI extends object, CO extends MetadataBearer, Config> = <
  I extends CI,
  O extends CO,
>(
  operation: string,
  command: (sdk: Sdk, input: I) => Command<CI, I, CO, O, Config>,
  timeout?: (input: I) => number,
) => AwsCall<I, O>;

/** What makes the verbs of one service: each is counted, within its quota, and retried where that is safe. */
export function createVerbs<Sdk, CI extends object, CO extends MetadataBearer, Config>(
  context: RunContext,
  quotas: Quotas,
  load: Loader<Sdk, Sender<CI, CO, Config>>,
): MakeVerb<Sdk, CI, CO, Config> {
  return (operation, command, timeout = () => requestTimeout(0)) =>
    async (input, calls) => {
      const { sdk, client } = await load();
      return send(client, command(sdk, input), {
        context,
        operation,
        quotas,
        calls,
        timeout: timeout(input),
      });
    };
}
