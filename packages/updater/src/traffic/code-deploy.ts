import type { SluiceError } from "@sluice/core";
import { describe } from "../apply/describe.ts";
import { move } from "../apply/move-alias.ts";
import { idly, type Landed, type TargetRun, updatedTo } from "../apply/target-run.ts";
import { noteWeights } from "../apply/weights.ts";
import { failureClass, isInterruption } from "../call.ts";
import type { ObservedAlias } from "../plan/observed.ts";
import { aliasConflict, getAlias, isMovable, writeAlias } from "./alias.ts";
import { hasWeights } from "./alias-state.ts";
import { freeAlias, undoRollout } from "./clear-the-way.ts";
import {
  type ByCodeDeploy,
  createDeployment,
  type DeploymentInfo,
  findUnderWay,
  type Group,
  getDeployment,
  groupOf,
  hasEnded,
} from "./code-deploy-deployments.ts";
import { codeDeployBusy, codeDeployFailed, codeDeployLeft } from "./errors.ts";
import { reasonForOnce } from "./steps.ts";
import { inTurn } from "./turns.ts";

/** Milliseconds between looks at a deployment, which takes from seconds to hours. */
const POLL = { first: 1_000, factor: 1.5, longest: 15_000 } as const;

/** Looks for a deployment whose answer was lost, and milliseconds between them. */
const LOOKS = { count: 3, apart: 1_000 } as const;

/**
 * Has CodeDeploy bring the calls of an alias over to a function version, and waits until it has. One that a killed run began is
 * found and waited for: there are never two for one version.
 *
 * @throws SLUICE_CODEDEPLOY_BUSY, SLUICE_TARGET_CONFLICT, SLUICE_ALIAS_WEIGHTED, and AWS's errors
 */
export async function deployByCodeDeploy(
  run: TargetRun,
  version: string,
  traffic: ByCodeDeploy,
): Promise<Landed> {
  const group = groupOf(run, traffic);
  const { account, region } = run.target;
  // A group has one deployment at a time: those of this run wait for each other, however long they take.
  return inTurn(run, [account, region, group.application, group.group].join("\n"), async () => {
    const begun = await findUnderWay(run, group, version);
    if (begun !== null) return follow(run, version, begun);
    const alias = await readyAlias(run, version);
    if (alias.version === version) return updatedTo(version, "");
    const reason = await reasonForOnce(run, alias);
    if (reason === null) return follow(run, version, await begin(run, group, alias.version, version));
    await move(run, version, alias);
    return updatedTo(version, reason);
  });
}

async function readyAlias(run: TargetRun, version: string): Promise<ObservedAlias> {
  const alias = await freeAlias(run, version);
  if (!(await isMovable(run, alias, version))) throw aliasConflict(run, alias);
  // A rollout in steps, from before CodeDeploy was to do it.
  return hasWeights(alias) ? undoRollout(run, alias) : alias;
}

async function begin(run: TargetRun, group: Group, from: string, version: string): Promise<string> {
  const { context, settings } = run;
  const deadline = context.now() + settings.waitMilliseconds;
  let pause: number = POLL.first;
  for (;;) {
    run.step(`handing ${version} to CodeDeploy`);
    try {
      return await createDeployment(run, group, from, version);
    } catch (error) {
      const found = await foundAfter(run, group, version, error);
      if (found !== null) return found;
      if (!isLimit(error)) throw error;
      if (context.now() >= deadline)
        throw codeDeployBusy(run.target, group, settings.waitMilliseconds / 1_000);
    }
    run.step(`waiting for another deployment of ${group.group}`);
    const rest = Math.min(pause, Math.max(1, deadline - context.now()));
    await idly(run, () => context.sleep(rest));
    pause = Math.min(pause * POLL.factor, POLL.longest);
  }
}

/** CreateDeployment whose answer was lost may have begun one, which then is in the way of a second. */
async function foundAfter(
  run: TargetRun,
  group: Group,
  version: string,
  error: unknown,
): Promise<string | null> {
  if (isLimit(error)) return findUnderWay(run, group, version);
  if (!["service", "unreachable"].includes(failureClass(error) ?? "")) return null;
  for (let look = 0; look < LOOKS.count; look += 1) {
    if (look > 0) await run.context.sleep(LOOKS.apart);
    const found = await findUnderWay(run, group, version).catch(() => null);
    if (found !== null) return found;
  }
  return null;
}

function isLimit(error: unknown): boolean {
  const { cause } = error as { readonly cause?: { readonly name?: unknown } };
  return cause?.name === "DeploymentLimitExceededException";
}

/** Waits until a deployment has ended: CodeDeploy ends each within its own limits. */
async function follow(run: TargetRun, version: string, id: string): Promise<Landed> {
  let info: DeploymentInfo;
  try {
    info = await untilEnded(run, id);
  } catch (error) {
    const why = isInterruption(error) ? null : error;
    return ended(run.previousVersion, codeDeployLeft(run.target, id, version, why));
  }
  if (info.status === "Succeeded") return landed(run, version);
  const rollback = info.rollbackInfo?.rollbackDeploymentId;
  // How the return ended stands in what callers have then.
  if (rollback !== undefined) await untilEnded(run, rollback).catch(() => undefined);
  const alias = await getAlias(run, version);
  const error = codeDeployFailed(run.target, { id, version, back: alias.version, info });
  const failed = ended(alias.version, error);
  return isRejection(info) && alias.version !== version ? { ...failed, rejectedVersion: version } : failed;
}

const ended = (version: string | null, error: SluiceError): Landed => ({
  outcome: "failed",
  version,
  reason: error.message,
  error: error.problems[0],
});

async function untilEnded(run: TargetRun, id: string): Promise<DeploymentInfo> {
  const { context } = run;
  run.step(`waiting for CodeDeploy's deployment ${id}`);
  for (let pause: number = POLL.first; ; pause = Math.min(pause * POLL.factor, POLL.longest)) {
    const info = await getDeployment(run, id);
    if (hasEnded(info)) return info;
    await idly(run, () => context.sleep(pause));
  }
}

/** CodeDeploy moves the alias, and leaves its description to whoever wrote it. */
async function landed(run: TargetRun, version: string): Promise<Landed> {
  const alias = await getAlias(run, version);
  if (alias.version !== version) throw aliasConflict(run, alias);
  const description = describe(run.artifact.manifest);
  const now = await writeAlias(run, alias, { version, weights: null, description });
  return updatedTo(version, noteWeights(run, now.weights));
}

/** Whether alarms or hooks spoke against the version: a hand, a missing role or a wrong group say nothing about it. */
function isRejection({ errorInformation }: DeploymentInfo): boolean {
  const against = ["ALARM_ACTIVE", "HOOK_EXECUTION_FAILURE", "CUSTOMER_APPLICATION_UNHEALTHY"];
  return against.includes(errorInformation?.code ?? "");
}
