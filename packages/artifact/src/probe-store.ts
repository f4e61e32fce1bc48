import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { errnoOf, writeError } from "./file-errors.ts";
import { openBackend, type StoreOptions } from "./store.ts";

/** Where nothing is ever kept. */
const KEY = "deployments/.probe";

/** An entity tag that no object has: S3's of a single upload is that of an MD5, and none is all zeros. */
const NO_TAG = `"${"0".repeat(32)}"`;

/**
 * Asks a store whether it can be read, and written to where that is wanted, and writes nothing. A bucket is asked to replace what is
 * not there: S3 says first whether that is allowed, and then that there is nothing to replace.
 *
 * @throws `SLUICE_STORE_LOCATION_INVALID`, `SLUICE_FOLDER_…`, and errors of the bucket
 */
export async function probeStore(
  location: string,
  options: StoreOptions,
  wanted: "read" | "write",
): Promise<void> {
  const backend = openBackend(location, options);
  const { bucket, uri } = backend.uri(KEY);
  await backend.list("deployments/", 1);
  await backend.readTagged(KEY);
  if (wanted === "read") return;
  if (bucket === null) await checkWritable(dirname(fileURLToPath(uri)));
  else await backend.replace(KEY, new Uint8Array(), NO_TAG);
}

/** A folder that is not there yet is made in the nearest one that is. */
async function checkWritable(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    const above = dirname(folder);
    if (errnoOf(error) !== "ENOENT" || above === folder) throw writeError(error, folder);
    await checkWritable(above);
  }
}
