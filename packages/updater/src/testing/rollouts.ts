import type { Aws } from "@sluice/aws";
import type { ResolvedEnvironment, ResolvedTraffic, RunContext, TargetReport } from "@sluice/core";
import type { Door, UpdateExistingOptions } from "../settings.ts";
import { updateExisting } from "../update-existing.ts";
import {
  type FakeAlias,
  type FakeFunction,
  type FakeLambda,
  fakeFunction,
  publishNow,
  withAlias,
} from "./fake-lambda.ts";
import { clockedContext, deploy, type Run, type Scene } from "./scene.ts";

export type AlarmStates = Map<string, "OK" | "ALARM" | "INSUFFICIENT_DATA">;

/** CloudWatch's edge: tells the states, counts, and fails as Lambda's fake does. */
function fakeAlarms(fake: FakeLambda, states: AlarmStates): Aws["alarms"] {
  return {
    states: async (names, calls) => {
      fake.log.push("DescribeAlarms");
      if (calls !== undefined) calls["DescribeAlarms"] = (calls["DescribeAlarms"] ?? 0) + 1;
      const failure = fake.before(
        "DescribeAlarms",
        fake.log.filter((one) => one === "DescribeAlarms").length,
      );
      if (failure !== undefined) throw failure;
      return new Map([...states].filter(([name]) => names.includes(name)));
    },
  };
}

/** The door to fakes: Lambda, and what else of AWS a rollout asks. */
export function doorWith(fake: FakeLambda, rest: Partial<Aws>): Door {
  const opened = new Map<string, Aws>();
  const openAws: Door["openAws"] = (_context, scope) => {
    const found = opened.get(scope.region) ?? ({ scope, lambda: fake.api, ...rest } as Aws);
    opened.set(scope.region, found);
    return found;
  };
  return { openAws, resolveRegions: async (_context, environment) => environment.regions };
}

/** Ten per cent for a minute, then all. */
export const CANARY: Extract<ResolvedTraffic, { kind: "steps" }> = {
  kind: "steps",
  steps: [10],
  pauseSeconds: 60,
  alarms: [],
  tests: null,
};

export interface Given {
  readonly traffic?: ResolvedTraffic | null;
  readonly environment?: Partial<ResolvedEnvironment>;
  readonly options?: UpdateExistingOptions;
  readonly context?: RunContext;
  readonly code?: string;
  readonly names?: readonly string[];
  readonly force?: boolean;
}

/** One deployment of code to functions whose traffic goes over in steps. */
export async function rollOutTo(
  scene: Scene,
  fake: FakeLambda,
  states: AlarmStates,
  given: Given = {},
): Promise<Run> {
  const { names = ["orders"], code = "new", traffic = CANARY, force = false } = given;
  const artifacts = await Promise.all(names.map((name) => scene.artifact(name, code)));
  const input = scene.input(artifacts, { alias: "live", traffic, ...given.environment }, force);
  const strategy = updateExisting(given.options, doorWith(fake, { alarms: fakeAlarms(fake, states) }));
  return deploy(strategy, input, given.context ?? clockedContext(scene.folder));
}

export async function rowOf(running: Promise<Run>): Promise<TargetReport> {
  const [row] = (await running).rows;
  if (row === undefined) throw new Error("no row");
  return row;
}

/** A function whose alias stands on version 1, with the description of a deployment. */
export function provisioned(name = "orders"): FakeFunction {
  const target = withAlias(fakeFunction(name, "old"), "live");
  aliasOf(target).description = "1.3.0 · old";
  return target;
}

export function aliasOf(target: FakeFunction): FakeAlias {
  const alias = target.aliases.get("live");
  if (alias === undefined) throw new Error("no alias");
  return alias;
}

/** What a run leaves that was killed between two steps: version 2 has some of the calls. */
export function killedAt(percent: number, code = "new"): FakeFunction {
  const target = provisioned();
  const { CodeSha256 } = fakeFunction("orders", code).latest;
  target.latest = {
    ...target.latest,
    ...(CodeSha256 === undefined ? {} : { CodeSha256 }),
    RevisionId: "killed",
  };
  publishNow(target);
  const alias = aliasOf(target);
  alias.weights = { "2": percent / 100 };
  alias.description = `1.3.0 · old · rollout 2 ${percent}%`;
  return target;
}
