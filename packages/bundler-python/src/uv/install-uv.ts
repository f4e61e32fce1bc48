import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readZipStreams } from "@sluice/artifact";
import { withTemporaryFolder } from "../temporary-folder.ts";
import { UV_VERSION, type UvRelease } from "./releases.ts";

/** Gives the wheel's file, proven to have its SHA-256; `null` where the index does not have it. */
export type FetchRelease = (release: UvRelease, folder: string) => Promise<string | null>;

const PROGRAM = process.platform === "win32" ? "uv.exe" : "uv";

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Where the pinned uv stands once it is installed. */
export function installedUv(home: string): string {
  return join(home, `uv-${UV_VERSION}`, PROGRAM);
}

/** Path of the pinned uv in the cache, `null` when it was never installed. */
export async function findInstalledUv(home: string): Promise<string | null> {
  const path = installedUv(home);
  return (await isFile(path)) ? path : null;
}

async function unpack(wheel: string, to: string): Promise<void> {
  const inside = `uv-${UV_VERSION}.data/scripts/${PROGRAM}`;
  const program = readZipStreams(await readFile(wheel), wheel).find(({ path }) => path === inside);
  if (program === undefined) throw new Error(`${wheel} has no ${inside}`);
  await writeFile(to, program.bytes, { mode: 0o755 });
}

/**
 * Installs uv's program into `home`. It is put together in a folder of its own and renamed into place, so that another process
 * sees all of it or nothing; of two that install at once, one's stays.
 *
 * @returns its absolute path; `null` when the index does not have the wheel
 */
export async function installUv(
  home: string,
  release: UvRelease,
  fetchRelease: FetchRelease,
): Promise<string | null> {
  await mkdir(home, { recursive: true });
  return await withTemporaryFolder(join(home, "installing-uv-"), async (scratch) => {
    const wheel = await fetchRelease(release, scratch);
    if (wheel === null) return null;
    const ready = join(scratch, "ready");
    await mkdir(ready);
    await unpack(wheel, join(ready, PROGRAM));
    const path = installedUv(home);
    await rename(ready, join(home, `uv-${UV_VERSION}`)).catch(async (error: unknown) => {
      if (!(await isFile(path))) throw error;
    });
    return path;
  });
}
