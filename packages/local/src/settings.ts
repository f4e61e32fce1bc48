import { nearestOf } from "@sluice/core";
import { localErrors } from "./errors.ts";

/**
 * MiniStack's own variables that change how its services behave, and neither where it listens and writes nor what it
 * starts. Source: "Configuration" in the README of the pinned version, and its `services/lambda_svc.py` and `iam.py`.
 */
const SETTINGS = [
  "AUTH",
  "CLOUDTRAIL_RECORDING",
  "LAMBDA_ACCOUNT_CONCURRENCY",
  "LAMBDA_ASYNC_RETRY_BASE_SECONDS",
  "LAMBDA_ASYNC_RETRY_MAX_SECONDS",
  "LAMBDA_WARM_TTL_SECONDS",
  "LOG_LEVEL",
  "MINISTACK_AUTOCREATE_AWS_MANAGED",
  "SERVICES",
  "SFN_WAIT_SCALE",
] as const;

/** A variable of MiniStack's that its starter may set. */
export type LocalSetting = (typeof SETTINGS)[number];

/**
 * Refuses any other variable: functions inherit what the emulator is given.
 *
 * @throws SLUICE_LOCAL_SETTING
 */
export function checkSettings(settings: Readonly<Partial<Record<string, string>>>): void {
  const known: readonly string[] = SETTINGS;
  const unknown = Object.keys(settings).find((name) => !known.includes(name));
  if (unknown !== undefined) throw localErrors.setting(unknown, nearestOf(unknown, known), known);
}
