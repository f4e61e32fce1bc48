import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { installedUv, installUv } from "../uv/install-uv.ts";
import { thisHost, UV_VERSION, type UvRelease, uvRelease } from "../uv/releases.ts";

const execute = promisify(execFile);

/** pip brings the wheel, with this machine's own settings; what it brought must be what is pinned. */
async function download(release: UvRelease, folder: string): Promise<string> {
  const options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--no-deps"];
  await execute("python3", ["-m", "pip", "download", ...options, "--dest", folder, `uv==${UV_VERSION}`]);
  const wheel = join(folder, release.filename);
  const sha256 = createHash("sha256")
    .update(await readFile(wheel))
    .digest("hex");
  if (sha256 !== release.sha256) throw new Error(`${release.filename} has the SHA-256 ${sha256}`);
  return wheel;
}

/** Absolute path of the pinned uv in a cache that all tests of the user share; the first test installs it from the package index. */
export async function testUv(): Promise<string> {
  const home = join(homedir(), ".cache", "sluice-test");
  const path = installedUv(home);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  const release = uvRelease(thisHost());
  if (release === null) throw new Error(`There is no uv for ${process.platform}-${process.arch}.`);
  const installed = await installUv(home, release, download);
  if (installed === null) throw new Error("uv was not installed.");
  return installed;
}
