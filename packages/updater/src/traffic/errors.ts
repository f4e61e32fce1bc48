import { type Problem, type ProblemCode, type SluiceError, sluiceError, type Target } from "@sluice/core";
import type { Weights } from "../apply/weights.ts";
import { sharesOf } from "./alias-state.ts";

const at = (target: Target): string => `${target.target} in ${target.region}`;

const failed = (target: Target, code: ProblemCode, message: string, hint: string): SluiceError =>
  sluiceError({ code, kind: "target", message, where: target.target, hint });

/** An alarm that `traffic` names does not exist, or is not to be seen. */
export function alarmUnknown(target: Target, names: readonly string[], environment: string): SluiceError {
  return sluiceError({
    code: "SLUICE_ALARM_UNKNOWN",
    kind: "target",
    message: `There is no CloudWatch alarm ${names.map((name) => `"${name}"`).join(", ")} in ${target.region} to watch ${target.target} by.`,
    where: `environments.${environment}.traffic.alarms`,
    hint: "Correct the name ({function}, {target} and {environment} are filled in), or create the alarm in the function's account and region.",
  });
}

/** An alarm is in ALARM before anything was begun. */
export function alarmActive(target: Target, names: readonly string[]): SluiceError {
  return failed(
    target,
    "SLUICE_ALARM_ACTIVE",
    `The rollout to ${at(target)} was not begun: ${saysAlarm(names)} before it. The alias is where it was.`,
    "Find out what raised the alarm. When it is over, run the same command again; to deploy what mends it, take `alarms` out of `traffic` for that time.",
  );
}

export const saysAlarm = (names: readonly string[]): string =>
  names.length === 1 ? `alarm ${names[0]} is in ALARM` : `alarms ${names.join(", ")} are in ALARM`;

export const saysUnknown = (names: readonly string[]): string =>
  names.length === 1
    ? `alarm ${names[0]} does not exist any more`
    : `alarms ${names.join(", ")} do not exist any more`;

/** What came of a rollout that ended early. */
export interface TurnedBack {
  readonly target: Target;
  /** Function version that was not let to all callers. */
  readonly version: string;
  /** Function version that callers have again. */
  readonly back: string;
  /** The share that the new version had. */
  readonly percent: number;
}

/** A bad sign during a rollout: the alias went back by itself. */
export function rolloutReturned(turned: TurnedBack, sign: string, hint?: string): SluiceError {
  const { target, version, percent, back } = turned;
  return failed(
    target,
    "SLUICE_ROLLOUT_RETURNED",
    `The rollout of function version ${version} to ${at(target)} was returned at ${percent} %, and alias ${target.alias} sends all calls to ${back} again: ${sign}`,
    hint ??
      `See what happened (sluice logs ${target.function}), correct the code, and deploy again. Function version ${version} stays published.`,
  );
}

/** The run was interrupted during a rollout: the alias went back. */
export function rolloutInterrupted(turned: TurnedBack): SluiceError {
  const { target, version, percent, back } = turned;
  return sluiceError({
    code: "SLUICE_ROLLOUT_INTERRUPTED",
    kind: "interrupted",
    message: `The rollout of function version ${version} to ${at(target)} was interrupted at ${percent} %. Alias ${target.alias} sends all calls to ${back} again.`,
    where: target.target,
    hint: `Run the same command again: function version ${version} is published, and its rollout begins anew.`,
  });
}

/** A rollout ended early, and the alias could not be brought back. */
export function rolloutUnfinished(
  { target, version, percent }: Omit<TurnedBack, "back">,
  sign: string,
  why: string,
): SluiceError {
  return failed(
    target,
    "SLUICE_ROLLOUT_UNFINISHED",
    `The rollout of function version ${version} to ${at(target)} stopped at ${percent} %, and alias ${target.alias} could not be returned: it may still send calls there. ${why} The rollout was stopped by this: ${sign}`,
    "Run the same command again at once: it goes on with the rollout, and returns it at a bad sign. Without it: sluice rollback.",
  );
}

/** Somebody else's weights did not go in time. */
export function aliasWeighted(target: Target, weights: Weights, seconds: number): SluiceError {
  return failed(
    target,
    "SLUICE_ALIAS_WEIGHTED",
    `Alias ${target.alias} of ${at(target)} still sends ${sharesOf(weights)} after ${seconds} s, by weights that Sluice did not set. They are left as they are, and the alias stays.`,
    "CodeDeploy takes its weights away when its deployment ends: run the same command again then (updateExisting({ waitSeconds }) waits longer). Weights of provisioning or a hand are theirs to take away.",
  );
}

/** The alias was to be created, and there is one by now. */
export function aliasTaken(target: Target, version: string): Problem["message"] {
  return `alias ${target.alias}, which did not exist, now stands on ${version}`;
}

/** A CodeDeploy group that has another deployment under way. */
export function codeDeployBusy(
  target: Target,
  { application, group }: { readonly application: string; readonly group: string },
  seconds: number,
): SluiceError {
  return failed(
    target,
    "SLUICE_CODEDEPLOY_BUSY",
    `CodeDeploy's group ${group} of ${application} still had another deployment under way after ${seconds} s, and takes one at a time. Nothing was moved for ${at(target)}.`,
    "Run the same command again when that deployment has ended; a group for each function ({function} is filled in) spares the wait.",
  );
}

/** A deployment that goes on at CodeDeploy without anybody watching it. */
export function codeDeployLeft(target: Target, id: string, version: string, error: unknown): SluiceError {
  const why = error === null ? "The run was interrupted" : `It could not be followed: ${messageOf(error)}`;
  return sluiceError(
    {
      code: "SLUICE_CODEDEPLOY_LEFT",
      kind: error === null ? "interrupted" : "target",
      message: `CodeDeploy's deployment ${id} of function version ${version} to ${at(target)} goes on by itself. ${why}`,
      where: target.target,
      hint: `Run the same command again: it finds the deployment, and waits for it. To end it: aws deploy stop-deployment --deployment-id ${id} --auto-rollback-enabled.`,
    },
    error ?? undefined,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface EndedDeployment {
  readonly id: string;
  readonly version: string;
  /** What callers have. */
  readonly back: string;
  readonly info: {
    readonly status?: string | undefined;
    readonly errorInformation?:
      | { readonly code?: string | undefined; readonly message?: string | undefined }
      | undefined;
    readonly rollbackInfo?: { readonly rollbackMessage?: string | undefined } | undefined;
  };
}

/** CodeDeploy ended a deployment without bringing all calls over. */
export function codeDeployFailed(target: Target, { id, version, back, info }: EndedDeployment): SluiceError {
  const { code, message } = info.errorInformation ?? {};
  const reasons = [code, message, info.rollbackInfo?.rollbackMessage].filter(Boolean).join(": ");
  return failed(
    target,
    "SLUICE_CODEDEPLOY_FAILED",
    `CodeDeploy's deployment ${id} of function version ${version} to ${at(target)} ended as ${info.status}: ${reasons || "it gave no reason"}. Alias ${target.alias} is on ${back}.`,
    `Correct what CodeDeploy names (aws deploy get-deployment --deployment-id ${id} tells more), then deploy again. Function version ${version} stays published.`,
  );
}
