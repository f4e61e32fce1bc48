import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { COMMON_OPTIONS } from "../bundler/options.ts";
import { runCommand } from "../command.ts";
import type { BundlingPeer, PeerFunction } from "./bundling-peer.ts";
import { installPackages } from "./npm.ts";
import { type Peer, tryPeer } from "./peer.ts";

const VERSION = "4.3.1";
export const SERVERLESS_ESBUILD_VERSION = "1.57.2";

/** osls, the maintained Serverless Framework 3, with serverless-esbuild, from npm. */
export function osls(esbuildVersion: string, signal: AbortSignal): Promise<Peer> {
  const packages = [
    `osls@${VERSION}`,
    `serverless-esbuild@${SERVERLESS_ESBUILD_VERSION}`,
    `esbuild@${esbuildVersion}`,
  ];
  return tryPeer(`osls ${VERSION}`, async () => {
    const folder = await installPackages(packages, signal);
    return join(folder, "node_modules", "osls", "bin", "serverless.js");
  });
}

/** `serverless.yml`, which may be written as JSON. */
export function oslsConfiguration(functions: readonly PeerFunction[]): object {
  const { bundle, minify, sourcemap, platform, target, format, banner } = COMMON_OPTIONS;
  return {
    service: "bench",
    frameworkVersion: "*",
    provider: { name: "aws", runtime: "nodejs22.x", region: "eu-west-1" },
    plugins: ["serverless-esbuild"],
    package: { individually: true },
    custom: {
      esbuild: {
        ...{ bundle, minify, sourcemap, platform, target, format, banner },
        outputFileExtension: ".mjs",
        // Nothing is left out: else it would start npm to look for what to copy.
        exclude: [],
        // A build that is not watched: it spares a context for each function.
        skipRebuild: true,
      },
    },
    functions: Object.fromEntries(
      functions.map(({ name, source }) => [name, { handler: source.replace(/\.ts$/, ".handler") }]),
    ),
  };
}

/** `osls package`, one zip for each function. */
export const oslsBuild: BundlingPeer = {
  configure: (repository, functions) =>
    writeFile(join(repository, "serverless.json"), JSON.stringify(oslsConfiguration(functions), null, 2)),
  clear: async (repository) => {
    for (const name of [".serverless", ".esbuild"])
      await rm(join(repository, name), { recursive: true, force: true });
  },
  build: async (executable, options) => {
    const env = { ...options.env, SLS_TELEMETRY_DISABLED: "1", SLS_NOTIFICATIONS_MODE: "off" };
    await runCommand(process.execPath, [executable, "package"], { ...options, env });
  },
  output: (repository, name) => ({ zip: join(repository, ".serverless", `${name}.zip`) }),
};
