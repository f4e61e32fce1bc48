import { join } from "node:path";
import { createIndexClient } from "../index/client.ts";
import type { PythonRun } from "../run.ts";
import type { UvRelease } from "./releases.ts";

/**
 * Fetches uv's wheel from whatever index is configured, a mirror too: what arrives is proven by the SHA-256 in this package.
 *
 * @returns absolute path in `folder`; `null` when the index does not have it
 */
export async function fetchRelease(
  run: PythonRun,
  { filename, sha256 }: UvRelease,
  folder: string,
): Promise<string | null> {
  const client = createIndexClient(run);
  try {
    const found = (await client.listFiles("uv")).find((file) => file.filename === filename);
    if (found === undefined) return null;
    const to = join(folder, filename);
    await client.downloadFile({ url: found.url, sha256, to });
    return to;
  } finally {
    client.close();
  }
}
