import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** The one that Sluice installs where a machine has none. */
const VERSION = "0.13.9";

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Absolute path of a uv in a cache that all tests of the user share; the first test installs it from the package index. */
export async function testUv(): Promise<string> {
  const cache = join(homedir(), ".cache", "sluice-test");
  const folder = join(cache, `uv-${VERSION}`);
  const path = join(folder, "uv");
  if (await isThere(path)) return path;
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(cache, "installing-uv-"));
  try {
    const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
    await execute("python3", ["-m", "pip", "install", ...options, "--target", scratch, `uv==${VERSION}`]);
    await rename(join(scratch, "bin"), folder).catch(async (error: unknown) => {
      // Another test was faster.
      if (!(await isThere(path))) throw error;
    });
    return path;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
