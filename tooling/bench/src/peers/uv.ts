import { join } from "node:path";
import { cached } from "../cache.ts";
import { type CommandOptions, runCommand } from "../command.ts";
import { type Peer, tryPeer } from "./peer.ts";

const VERSION = "0.13.9";

/** uv from PyPI, in a virtual environment of the cache: for Sluice to resolve with, and to be compared with. */
export function uv(signal: AbortSignal): Promise<Peer> {
  return tryPeer(`uv ${VERSION}`, async () => {
    const folder = await cached(`uv-${VERSION}`, async (path) => {
      const options: CommandOptions = { cwd: path, env: process.env as Record<string, string>, signal };
      await runCommand("python3", ["-m", "venv", path], options);
      await runCommand(join(path, "bin", "pip"), ["install", "--quiet", `uv==${VERSION}`], options);
    });
    return join(folder, "bin", "uv");
  });
}

/** What is installed for another machine. */
export interface UvInstallation {
  readonly requirements: string;
  /** Absolute path of a folder. */
  readonly target: string;
  /** Minor version of Python. */
  readonly minor: number;
  /** As `aarch64-manylinux_2_34`. */
  readonly platform: string;
}

/** `uv pip install --target`, wheels only. */
export async function installWithUv(
  executable: string,
  { requirements, target, minor, platform }: UvInstallation,
  options: CommandOptions,
): Promise<void> {
  const args = ["pip", "install", "--quiet", "--target", target, "--only-binary", ":all:"];
  const place = ["--python-version", `3.${minor}`, "--python-platform", platform];
  await runCommand(executable, [...args, ...place, "--requirement", requirements], options);
}
