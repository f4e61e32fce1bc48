import { openBackend } from "../store.ts";
import type { StoreBackend } from "../store-protocol.ts";
import { createBucket } from "./s3-objects.ts";

/** A store in a folder below `root`. */
export function folderStore(root: string): StoreBackend {
  const objects = (): never => {
    throw new Error("A folder needs no bucket.");
  };
  return openBackend("kept", { root, objects });
}

let buckets = 0;

/** A store in a new bucket of an S3 at `endpoint`; `headers` go with every request. */
export async function bucketStore(
  endpoint: string,
  headers?: Readonly<Record<string, string>>,
): Promise<StoreBackend> {
  buckets += 1;
  const name = `backend-${process.pid}-${buckets}`;
  const storage = await createBucket(endpoint, name, headers);
  return openBackend(`s3://${name}/team`, { root: "/", objects: () => storage });
}
