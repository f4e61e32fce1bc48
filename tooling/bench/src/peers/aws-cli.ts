import { join } from "node:path";
import { cached } from "../cache.ts";
import { type CommandOptions, runCommand } from "../command.ts";
import { type Peer, tryPeer } from "./peer.ts";

const VERSION = "1.46.3";

/** The AWS CLI from PyPI, in a virtual environment of the cache. */
export function awsCli(signal: AbortSignal): Promise<Peer> {
  const install = async (): Promise<string> => {
    const folder = await cached(`awscli-${VERSION}`, async (path) => {
      const options: CommandOptions = { cwd: path, env: process.env as Record<string, string>, signal };
      await runCommand("python3", ["-m", "venv", path], options);
      await runCommand(join(path, "bin", "pip"), ["install", "--quiet", `awscli==${VERSION}`], options);
    });
    return join(folder, "bin", "aws");
  };
  return tryPeer(`AWS CLI ${VERSION}`, install);
}

/** Updates the code and publishes, waits until that has happened, and moves the alias: three commands. */
export async function deployWithAwsCli(
  executable: string,
  { name, zip, alias }: { readonly name: string; readonly zip: string; readonly alias: string },
  options: CommandOptions,
): Promise<void> {
  const lambda = (...args: readonly string[]): Promise<string> =>
    runCommand(executable, ["lambda", ...args, "--function-name", name, "--output", "json"], options);
  const updated = await lambda("update-function-code", "--zip-file", `fileb://${zip}`, "--publish");
  const { Version: version } = JSON.parse(updated) as { Version: string };
  await lambda("wait", "function-updated-v2");
  await lambda("update-alias", "--name", alias, "--function-version", version);
}
