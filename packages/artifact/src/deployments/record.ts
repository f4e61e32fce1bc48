import type { Digest } from "@sluice/core";
import { digestToCodeSha256, isDigest } from "../digest.ts";
import {
  isBooleanOrNull,
  isCommitOrNull,
  isList,
  isRecord,
  isText,
  isTextOrNull,
} from "../manifest-fields.ts";
import { deploymentErrors } from "./errors.ts";
import type { CommitEntry, DeploymentRecord, RecordedLayer, RecordOutcome } from "./types.ts";

/** Characters; a record of a function with all the layers that Lambda allows has about 2,000. */
const MAXIMUM_LENGTH = 4_000_000;

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const isDigestText: Check = (value) => typeof value === "string" && isDigest(value);
const nullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const isString: Check = (value) => typeof value === "string";
const isTime: Check = (value) => isText(value) && !Number.isNaN(Date.parse(value));
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const shaped =
  (shape: Shape): Check =>
  (value) =>
    isRecord(value) && Object.entries(shape).every(([key, check]) => check(value[key]));
const listOf =
  (check: Check): Check =>
  (value) =>
    isList(value) && value.every(check);

const OUTCOMES: readonly RecordOutcome[] = ["live", "rejected", "failed", "conflict"];

const layers = listOf(shaped({ layer: isText, digest: isDigestText }));

const RECORD: Shape = {
  schema: oneOf(1),
  environment: isText,
  function: isText,
  target: isText,
  region: isText,
  account: isTextOrNull,
  alias: isTextOrNull,
  command: oneOf("deploy", "promote", "rollback"),
  outcome: oneOf(...OUTCOMES),
  digest: isDigestText,
  codeSha256: isText,
  version: isTextOrNull,
  predecessor: nullOr(
    shaped({
      version: isTextOrNull,
      digest: nullOr(isDigestText),
      codeSha256: isTextOrNull,
      commit: isCommitOrNull,
    }),
  ),
  commit: isCommitOrNull,
  tree: isCommitOrNull,
  committedAt: nullOr(isTime),
  dirty: isBooleanOrNull,
  branch: isTextOrNull,
  packageVersion: isTextOrNull,
  at: isTime,
  who: shaped({ identity: isTextOrNull, user: isTextOrNull, job: isTextOrNull }),
  reason: isString,
  sluice: isString,
  layers,
  image: isTextOrNull,
};

const ENTRY: Shape = {
  function: isText,
  target: isText,
  region: isText,
  digest: isDigestText,
  version: isTextOrNull,
  at: isTime,
  image: isTextOrNull,
  layers,
};

function parse(bytes: Uint8Array, uri: string): Record<string, unknown> {
  if (bytes.length > MAXIMUM_LENGTH) throw deploymentErrors.record(uri, "it is too long");
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    throw deploymentErrors.record(uri, "it is not JSON", error);
  }
  if (!isRecord(value)) throw deploymentErrors.record(uri, "it is not an object");
  return value;
}

/** What records of earlier versions lack. */
const LATER: Partial<DeploymentRecord> = { committedAt: null };

/** The keys of `shape` out of a JSON object, each checked; others are left out. */
function pick<T>(value: Record<string, unknown>, shape: Shape, uri: string): T {
  const picked = Object.entries(shape).map(([key, check]) => {
    if (!Object.hasOwn(value, key) || !check(value[key]))
      throw deploymentErrors.record(
        uri,
        `\`${key}\` is ${key in value ? "not what it should be" : "missing"}`,
      );
    return [key, value[key]];
  });
  return Object.fromEntries(picked) as T;
}

const hasOwnSum = ({ digest, codeSha256 }: { digest: Digest; codeSha256: string }): boolean =>
  digestToCodeSha256(digest) === codeSha256;

/** The bytes of a record, its keys in a fixed order. */
export function formatRecord(record: DeploymentRecord): Uint8Array {
  const ordered = Object.keys(RECORD).map((key) => [key, record[key as keyof DeploymentRecord]]);
  return Buffer.from(`${JSON.stringify(Object.fromEntries(ordered), null, 2)}\n`);
}

/**
 * Reads a record; what this version does not know is left out.
 *
 * @throws `SLUICE_RECORD_INVALID`
 */
export function parseRecord(bytes: Uint8Array, uri: string): DeploymentRecord {
  const record = pick<DeploymentRecord>({ ...LATER, ...parse(bytes, uri) }, RECORD, uri);
  if (record.image === null && !hasOwnSum(record))
    throw deploymentErrors.record(uri, "`codeSha256` is not that of `digest`");
  return record;
}

/** An entry with its keys in a fixed order, its layers too, so that one content has one form. */
export function canonicalEntry(entry: CommitEntry): CommitEntry {
  const layersInOrder = entry.layers.map(({ layer, digest }): RecordedLayer => ({ layer, digest }));
  const ordered = Object.keys(ENTRY).map((key) => [key, entry[key as keyof CommitEntry]]);
  return { ...(Object.fromEntries(ordered) as unknown as CommitEntry), layers: layersInOrder };
}

/** @throws `SLUICE_RECORD_INVALID` */
export function parseEntries(bytes: Uint8Array, uri: string): readonly CommitEntry[] {
  const { entries } = pick<{ entries: unknown[] }>(
    parse(bytes, uri),
    { schema: oneOf(1), entries: listOf(isRecord) },
    uri,
  );
  return entries.map((entry) => pick<CommitEntry>(entry as Record<string, unknown>, ENTRY, uri));
}
