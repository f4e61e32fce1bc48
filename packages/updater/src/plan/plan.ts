import type { Aws } from "@sluice/aws";
import { type Change, isSluiceError, type PlanInput, type RunContext } from "@sluice/core";
import pMap from "p-map";
import { goesByBucket, storeOf } from "../code/package-code.ts";
import { checkStoreRegions } from "../code/store-regions.ts";
import { findDowngrade } from "../downgrade/find-downgrade.ts";
import { retestOf } from "../function-test/retest.ts";
import { withTestNote } from "../function-test/tests-of.ts";
import { ATTACHED, type Attachment } from "../layers/attachment.ts";
import { type Checked, checkAttachment } from "../layers/check-attachment.ts";
import type { MissingLayer } from "../layers/errors.ts";
import type { Settings } from "../settings.ts";
import { withTrafficNote } from "../traffic/note.ts";
import { checkAccount } from "./check-account.ts";
import { type DecideOptions, type Decision, decide } from "./decide.ts";
import { accountOf, type FunctionState, type Observed, type ObservedAlias } from "./observed.ts";
import { lookForVersion, unreadable } from "./read-function.ts";
import { type Reading, readRegion, readsAtOnce } from "./read-region.ts";
import { type Delivery, deliveries } from "./targets.ts";

/** The name of the strategy, and of its changes. */
export const STRATEGY = "update-existing";

/** What `apply` needs to know of what `plan` saw. */
export interface UpdateState {
  /** `null` when `$LATEST` was not read: nothing is to be done then. */
  readonly latest: FunctionState | null;
  readonly aliasExists: boolean;
  /** `null` when it was not read. */
  readonly alias: ObservedAlias | null;
  /** The newest function version, if it has the artifact's code already. */
  readonly published: string | null;
  /** The code is there, and only a function version is missing. */
  readonly unpublished: boolean;
  /** Layers that the new code counts on and that the function does not have: then nothing is done. */
  readonly missingLayers: readonly MissingLayer[];
}

export type UpdateChange = Change<UpdateState>;

/** Before it is known what planning it took. */
type PlannedChange = Omit<UpdateChange, "apiCalls" | "durationMs">;

/**
 * Decides about every target from reads alone.
 *
 * @throws name problems, SLUICE_STORE_ONE_REGION, and what stops every target: no credentials, no endpoint, an interruption
 */
export async function plan(
  input: PlanInput,
  context: RunContext,
  settings: Settings,
): Promise<UpdateChange[]> {
  const { profile, role } = input.environment;
  const regions = [...new Set(await settings.resolveRegions(context, input.environment))];
  checkStoreRegions(input.environment, regions);
  const all = deliveries(input, regions);
  const changes = await Promise.all(
    regions.map((region) => {
      const aws = settings.openAws(context, { region, profile, role });
      const group = all.filter((delivery) => delivery.target.region === region);
      return planRegion({ input, context, settings, aws, group });
    }),
  );
  return changes.flat();
}

export interface RegionPlan {
  readonly input: PlanInput;
  readonly context: RunContext;
  readonly settings: Settings;
  readonly aws: Aws;
  readonly group: readonly Delivery[];
}

async function planRegion(region: RegionPlan): Promise<UpdateChange[]> {
  const { input, context, aws } = region;
  // A location that makes no sense is found before anything is attempted.
  storeOf(input, aws);
  const readings = await readRegion(region);
  const planOne = async (reading: Reading): Promise<UpdateChange> => {
    context.signal.throwIfAborted();
    const started = context.now();
    const { observed, attachment } = await complete(region, reading);
    await checkAccount(aws, reading.delivery, observed, input, reading.calls);
    noteMissingAlias(reading.delivery, observed, input, context);
    const options = { ...decideOptions(input), attachment };
    const change = changeOf(reading.delivery, observed, options);
    const again = await retestOf(region, change, reading.calls);
    const decision = await unlessDowngrade(region, reading, change);
    const durationMs = reading.durationMs + context.now() - started;
    const planned = { ...change, ...again, ...decision, apiCalls: reading.calls, durationMs };
    return withTrafficNote(withTestNote(planned, input), input);
  };
  return pMap(readings, planOne, { concurrency: readsAtOnce(input, context) });
}

/** Asked of what would change alone; a store that does not answer lets nothing pass. */
async function unlessDowngrade(
  { input, context, aws }: RegionPlan,
  { delivery, calls }: Reading,
  change: PlannedChange,
): Promise<Partial<Decision>> {
  if (change.action !== "update" && change.action !== "move-alias") return {};
  const { currentCodeSha256 } = change;
  const { alias, aliasExists } = change.state;
  const onUnknown = (message: string): void => noteOnce(input, context, message);
  const changing = { input, aws, delivery, aliasExists, alias, currentCodeSha256, onUnknown, calls };
  const error = await findDowngrade(changing).catch((thrown: unknown) => {
    if (!isSluiceError(thrown) || thrown.problems[0].kind !== "target") throw thrown;
    return thrown;
  });
  if (error === null) return {};
  const [problem] = error.problems;
  const action = problem.kind === "refusal" ? "refuse" : "fail";
  return { action, reason: problem.message, error: problem };
}

const noted = new WeakMap<PlanInput["artifacts"], Set<string>>();

/** What is the same for many targets, and for a second look at the same artifacts, is said once. */
function noteOnce({ artifacts }: PlanInput, context: RunContext, message: string): void {
  const messages = noted.get(artifacts) ?? new Set();
  noted.set(artifacts, messages);
  if (!messages.has(message)) context.emit({ type: "notice", message });
  messages.add(message);
}

/** What is asked beyond the function itself: whether its version was published, and its layers. */
async function complete({ input, settings, aws }: RegionPlan, reading: Reading): Promise<Checked> {
  const { caller, wanted, delivery } = reading;
  let observed: Observed = reading.observed ?? { kind: "absent" };
  // With descriptions, publishing is a step of its own, and an earlier run may have ended before it.
  if (settings.describeVersions && !wanted.force)
    observed = await lookForVersion(caller, wanted.codeSha256, observed).catch(unreadable);
  const { layers = [] } = delivery.artifact;
  if (layers.length === 0) return { observed, attachment: ATTACHED };
  return checkAttachment(input, aws, caller, layers, observed);
}

function decideOptions({ options, environment }: PlanInput): Omit<DecideOptions, "attachment"> {
  const createAlias = environment.createAlias || options.createAlias === true;
  return { force: options.force, directUpload: !goesByBucket(environment.store), createAlias };
}

function noteMissingAlias(
  { target }: Delivery,
  observed: Observed,
  { environment, options }: PlanInput,
  context: RunContext,
): void {
  if (target.alias === null || observed.kind !== "present" || observed.aliasExists) return;
  if (environment.createAlias || options.createAlias === true) return;
  const message = `${target.target} in ${target.region} has no alias ${target.alias}: its code is updated and published, and no alias is moved.`;
  context.emit({ type: "notice", message });
}

function changeOf(
  { target, artifact }: Delivery,
  observed: Observed,
  options: DecideOptions & { readonly attachment: Attachment },
): PlannedChange {
  const present = observed.kind === "present" ? observed : null;
  const live = present?.live ?? null;
  const decision = decide(observed, artifact, target, options);
  // Callers have the code, and only the alias is not as it should be: nothing of `$LATEST` is needed.
  const isLive = decision.action === "move-alias" && present?.latest === null;
  return {
    ...decision,
    target: { ...target, account: accountOf(live?.arn ?? null) ?? target.account },
    artifact,
    strategy: STRATEGY,
    previousVersion: live?.version === "$LATEST" ? null : (live?.version ?? null),
    currentCodeSha256: live?.codeSha256 ?? null,
    state: {
      latest: isLive ? live : (present?.latest ?? null),
      aliasExists: present?.aliasExists ?? false,
      alias: present?.alias ?? null,
      published: isLive ? (live?.version ?? null) : (present?.published ?? null),
      unpublished: present?.unpublished === true && !options.force,
      missingLayers: options.attachment.kind === "missing" ? options.attachment.layers : [],
    },
  };
}
