import type {
  CloudWatchClientResolvedConfig,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  ServiceInputTypes,
  ServiceOutputTypes,
  StateValue,
} from "@aws-sdk/client-cloudwatch";
import type { RunContext } from "@sluice/core";
import type { CallCounter } from "./attempt.ts";
import type { ClientConfig } from "./client.ts";
import { awsProblem } from "./problem.ts";
import type { Quotas } from "./quotas.ts";
import { createVerbs, loadOnce } from "./verbs.ts";
import { withoutVersionWarning } from "./version-warning.ts";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** CloudWatch's alarms of one region. */
export interface AlarmsApi {
  /**
   * Name → state, of metric, composite and log alarms. A name that CloudWatch does not know is missing.
   *
   * @throws an error of `awsProblem`
   */
  states(names: readonly string[], calls?: CallCounter): Promise<ReadonlyMap<string, AlarmState>>;
}

/** Names that one DescribeAlarms takes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const NAMES = 100;

type Sdk = typeof import("./sdk/cloudwatch.ts");

interface Alarm {
  readonly AlarmName?: string | undefined;
  readonly StateValue?: StateValue | undefined;
}

/** Makes the API over one client, which is loaded and made by the first call. */
export function createAlarms(
  context: RunContext,
  region: string,
  quotas: Quotas,
  config: () => Promise<ClientConfig>,
): AlarmsApi {
  const load = loadOnce(async () => {
    const sdk = await import("./sdk/cloudwatch.ts");
    const settings = await config();
    return { sdk, client: withoutVersionWarning(() => new sdk.CloudWatchClient(settings)) };
  });
  const verb = createVerbs<Sdk, ServiceInputTypes, ServiceOutputTypes, CloudWatchClientResolvedConfig>(
    context,
    quotas,
    load,
  );
  const describe = verb<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>(
    "DescribeAlarms",
    (sdk, input) => new sdk.DescribeAlarmsCommand(input),
  );

  const pagesOf = async (names: string[], calls: CallCounter | undefined): Promise<Alarm[]> => {
    const found: Alarm[] = [];
    let token: string | undefined;
    do {
      const page: DescribeAlarmsCommandOutput = await describe(
        {
          AlarmNames: names,
          // Without this parameter only metric alarms are told, although they are asked for by name.
          AlarmTypes: ["MetricAlarm", "CompositeAlarm", "LogAlarm"],
          MaxRecords: NAMES,
          ...(token === undefined ? {} : { NextToken: token }),
        },
        calls,
      );
      found.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []), ...(page.LogAlarms ?? []));
      token = page.NextToken || undefined;
    } while (token !== undefined);
    return found;
  };

  return {
    states: async (names, calls) => {
      const all = [...new Set(names)];
      const parts = Array.from({ length: Math.ceil(all.length / NAMES) }, (_, part) =>
        all.slice(part * NAMES, (part + 1) * NAMES),
      );
      try {
        const found = await Promise.all(parts.map((part) => pagesOf(part, calls)));
        return new Map(
          found
            .flat()
            .flatMap(({ AlarmName: name, StateValue: state }) =>
              name === undefined || state === undefined ? [] : [[name, state] as const],
            ),
        );
      } catch (error) {
        throw awsProblem(error, { operation: "DescribeAlarms", target: all.join(", "), region });
      }
    },
  };
}
