import { openBackend, type StoreOptions } from "../store.ts";
import type { StoreBackend } from "../store-protocol.ts";
import { readCommit, writeCommit } from "./commit-index.ts";
import { environmentLease } from "./lease.ts";
import { lastNote } from "./live-index.ts";
import { listRecords, newestLive, readRecord, writeRecord } from "./records.ts";
import type { Deployments } from "./types.ts";

/** Records that {@link Deployments.list} gives unless told. */
const LIMIT = 20;

/**
 * Opens the records of the store at `location`, as {@link openStore} opens its artifacts. Nothing is read or written yet.
 *
 * They are kept as
 * - `deployments/<environment>/<target>/<region>/…json`: one object for each deployment, the newest first in the order of keys;
 * - `deployments/<environment>/.commits/<commit>/…json`: what each commit came to;
 * - `deployments/<environment>/.live/…json`: what was live after each run that changed something;
 * - `deployments/<environment>/.lease.json`: who is at it.
 *
 * @throws `SLUICE_STORE_LOCATION_INVALID`
 */
export function openDeployments(location: string, options: StoreOptions): Deployments {
  return deploymentsIn(openBackend(location, options));
}

export function deploymentsIn(backend: StoreBackend): Deployments {
  return {
    list: (place, limit = LIMIT) => listRecords(backend, place, limit),
    read: (summary) => readRecord(backend, summary),
    newestLive: (place) => newestLive(backend, place),
    write: (record) => writeRecord(backend, record),
    writeCommit: (environment, commit, entries) => writeCommit(backend, environment, commit, entries),
    readCommit: (environment, commit) => readCommit(backend, environment, commit),
    lastNote: (environment) => lastNote(backend, environment),
    lease: (environment) => environmentLease(backend, environment),
  };
}
