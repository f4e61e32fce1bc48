import { join } from "node:path";
import { cached } from "../cache.ts";
import { type CommandOptions, runCommand } from "../command.ts";
import { type Peer, tryPeer } from "./peer.ts";

const VERSION = "26.3";

/** pip from PyPI, in a virtual environment of the cache. */
export function pip(signal: AbortSignal): Promise<Peer> {
  return tryPeer(`pip ${VERSION}`, async () => {
    const folder = await cached(`pip-${VERSION}`, async (path) => {
      const options: CommandOptions = { cwd: path, env: process.env as Record<string, string>, signal };
      await runCommand("python3", ["-m", "venv", path], options);
      const args = ["-m", "pip", "install", "--quiet", "--upgrade", `pip==${VERSION}`];
      await runCommand(join(path, "bin", "python"), args, options);
    });
    return join(folder, "bin", "pip");
  });
}

/** What is fetched, or installed, for another machine. */
export interface PipSelection {
  readonly requirements: string;
  /** Absolute path of a folder. */
  readonly target: string;
  /** Minor version of Python. */
  readonly minor: number;
  /** As `manylinux_2_28_aarch64`, all that fit. */
  readonly platforms: readonly string[];
}

function selection({ requirements, minor, platforms }: PipSelection): readonly string[] {
  return [
    ...["--quiet", "--only-binary=:all:", "--implementation", "cp", "--python-version", `3.${minor}`],
    ...platforms.flatMap((platform) => ["--platform", platform]),
    ...["--requirement", requirements],
  ];
}

/** `pip install --target`, wheels only; it compiles modules for its own Python. */
export async function installWithPip(
  executable: string,
  wanted: PipSelection,
  options: CommandOptions,
): Promise<void> {
  await runCommand(executable, ["install", ...selection(wanted), "--target", wanted.target], options);
}

/** `pip download` of the requirements alone. */
export async function downloadWithPip(
  executable: string,
  wanted: PipSelection,
  options: CommandOptions,
): Promise<void> {
  await runCommand(
    executable,
    ["download", "--no-deps", ...selection(wanted), "--dest", wanted.target],
    options,
  );
}
