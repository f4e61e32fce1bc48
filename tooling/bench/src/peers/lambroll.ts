import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../cache.ts";
import { type CommandOptions, runCommand } from "../command.ts";
import { type Peer, tryPeer } from "./peer.ts";

const VERSION = "v1.3.1";

/** lambroll, built from its Go module into the cache, where `go` is on PATH. */
export function lambroll(signal: AbortSignal): Promise<Peer> {
  const install = async (): Promise<string> => {
    const folder = await cached(`lambroll-${VERSION}`, async (path) => {
      const env = { ...process.env, GOBIN: path } as Record<string, string>;
      const module = `github.com/fujiwara/lambroll/cmd/lambroll@${VERSION}`;
      await runCommand("go", ["install", module], { cwd: path, env, signal });
    });
    return join(folder, "lambroll");
  };
  return tryPeer(`lambroll ${VERSION}`, install);
}

/** What lambroll's `function.json` says; it writes all of it to the function's configuration on each deployment. */
export interface LambrollFunction {
  readonly FunctionName: string;
  readonly Runtime: string;
  readonly Handler: string;
  readonly Role: string;
}

/** `lambroll deploy` with its default steps, for a ready zip, the alias moved. */
export async function deployWithLambroll(
  executable: string,
  {
    definition,
    zip,
    alias,
  }: { readonly definition: LambrollFunction; readonly zip: string; readonly alias: string },
  options: CommandOptions,
): Promise<void> {
  const file = join(options.cwd, "function.json");
  await writeFile(file, JSON.stringify(definition));
  await runCommand(executable, ["deploy", "--function", file, "--src", zip, "--alias", alias], options);
}
