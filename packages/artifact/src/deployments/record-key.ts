import type { Digest } from "@sluice/core";
import { digestHex } from "../digest.ts";
import { deploymentErrors } from "./errors.ts";
import type { DeploymentRecord, RecordOutcome, RecordPlace, RecordSummary } from "./types.ts";

/** Digits of the latest time that a key can hold: in the year 2286. */
const LATEST = 9_999_999_999_999;

/** AWS Lambda's rule for names of functions, and what regions are called; nothing in them leaves a folder. */
const TARGET = /^[A-Za-z0-9_-]{1,140}$/;
const REGION = /^[a-z0-9-]{1,40}$/;

const NAME =
  /^(\d{13})-\d{8}T\d{9}Z-(none|[0-9a-f]{40}|[0-9a-f]{64})-(\d+)-(live|rejected|failed|conflict)-([0-9a-f]{64})\.json$/;

/** Milliseconds before {@link LATEST}: the later the time, the earlier in the order of keys, in which a store lists. */
export function invertedTime(at: string): number {
  return LATEST - Date.parse(at);
}

/** An inverted time as keys begin with it. */
export function timeDigits(inverted: number): string {
  return String(inverted).padStart(13, "0");
}

/** Folder of an environment. Its name may hold anything; what a path gives a meaning to is written as in URLs. */
export function environmentFolder(environment: string): string {
  const name = encodeURIComponent(environment).replace(/^\.+/, (dots) => "%2E".repeat(dots.length));
  return `deployments/${name}`;
}

/**
 * Folder of a target's records.
 *
 * @throws `SLUICE_RECORD_INVALID`
 */
export function recordFolder({ environment, target, region }: RecordPlace): string {
  const folder = `${environmentFolder(environment)}/${target}/${region}`;
  if (!TARGET.test(target) || !REGION.test(region))
    throw deploymentErrors.record(folder, "that is not the name of a function in a region");
  return folder;
}

/** `deployments/<environment>/<target>/<region>/<inverted ms>-<time>-<commit>-<version>-<outcome>-<digest>.json`. */
export function recordKey(record: DeploymentRecord): string {
  const time = record.at.replace(/[-:.]/g, "");
  const name = [
    timeDigits(invertedTime(record.at)),
    time,
    record.commit ?? "none",
    record.version ?? "0",
    record.outcome,
    digestHex(record.digest),
  ].join("-");
  const key = `${recordFolder(record)}/${name}.json`;
  if (readRecordKey(key) === null) throw deploymentErrors.record(key, "the record names no such deployment");
  return key;
}

/** What a key tells; `null` for one that no record has. */
export function readRecordKey(key: string): RecordSummary | null {
  const [, inverted = "", commit, version = "", outcome, hex = ""] =
    NAME.exec(key.slice(key.lastIndexOf("/") + 1)) ?? [];
  if (inverted === "") return null;
  const digest: Digest = `sha256:${hex}`;
  return {
    key,
    at: new Date(LATEST - Number(inverted)).toISOString(),
    commit: commit === "none" ? null : (commit ?? null),
    version: version === "0" ? null : version,
    outcome: outcome as RecordOutcome,
    digest,
  };
}
