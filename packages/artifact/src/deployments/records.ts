import type { StoreBackend } from "../store-protocol.ts";
import { deploymentErrors } from "./errors.ts";
import { formatRecord, parseRecord } from "./record.ts";
import { readRecordKey, recordFolder, recordKey } from "./record-key.ts";
import type { DeploymentRecord, RecordPlace, RecordSummary } from "./types.ts";

/** Keys that are asked for at once when records that are not live may stand before one that is. */
const PAGE = 50;

/** Records of a target that are looked through for a live one. */
const DEEPEST = 1_000;

export async function listRecords(
  backend: StoreBackend,
  place: RecordPlace,
  limit: number,
): Promise<readonly RecordSummary[]> {
  const keys = await backend.list(`${recordFolder(place)}/`, limit);
  return keys.flatMap((key) => readRecordKey(key) ?? []);
}

export async function newestLive(backend: StoreBackend, place: RecordPlace): Promise<RecordSummary | null> {
  const isLive = ({ outcome }: RecordSummary): boolean => outcome === "live";
  const first = await listRecords(backend, place, PAGE);
  const found = first.find(isLive);
  if (found !== undefined || first.length < PAGE) return found ?? null;
  return (await listRecords(backend, place, DEEPEST)).find(isLive) ?? null;
}

export async function readRecord(backend: StoreBackend, summary: RecordSummary): Promise<DeploymentRecord> {
  const { uri } = backend.uri(summary.key);
  const bytes = await backend.read(summary.key);
  if (bytes === null) throw deploymentErrors.record(uri, "it is not there any more");
  const record = parseRecord(bytes, uri);
  // Who changes the contents changes no key: what the two say of each other is compared.
  if (recordKey(record) !== summary.key)
    throw deploymentErrors.record(uri, "its contents are not those of its key");
  return record;
}

export async function writeRecord(backend: StoreBackend, record: DeploymentRecord): Promise<void> {
  const key = recordKey(record);
  const contents = formatRecord(record);
  if ((await backend.create(key, contents)) === "created") return;
  // The answer of an earlier attempt was lost, or another run wrote at the same millisecond.
  const present = await backend.read(key);
  if (present !== null && Buffer.compare(present, contents) !== 0)
    throw deploymentErrors.recordExists(backend.uri(key).uri);
}
