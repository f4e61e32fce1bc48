import { rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { COMMON_OPTIONS } from "../bundler/options.ts";
import { cached } from "../cache.ts";
import { type CommandOptions, runCommand } from "../command.ts";
import type { BundlingPeer, PeerFunction } from "./bundling-peer.ts";
import { type Peer, tryPeer } from "./peer.ts";

const VERSION = "1.170.0";
const OUTPUT = join(".aws-sam", "build");

/** The SAM CLI from PyPI, in a virtual environment of the cache. */
export function sam(signal: AbortSignal): Promise<Peer> {
  return tryPeer(`SAM ${VERSION}`, async () => {
    const folder = await cached(`aws-sam-cli-${VERSION}`, async (path) => {
      const options: CommandOptions = { cwd: path, env: process.env as Record<string, string>, signal };
      await runCommand("python3", ["-m", "venv", path], options);
      await runCommand(join(path, "bin", "pip"), ["install", "--quiet", `aws-sam-cli==${VERSION}`], options);
    });
    return join(folder, "bin", "sam");
  });
}

const logicalId = (name: string): string => name.replace(/\W/g, "");

/** `template.json`: each function built by esbuild from the repository's root. */
export function samTemplate(functions: readonly PeerFunction[]): object {
  const { minify, sourcemap, target, format, banner } = COMMON_OPTIONS;
  const resource = ({ source }: PeerFunction): object => ({
    Type: "AWS::Serverless::Function",
    Properties: {
      Runtime: "nodejs22.x",
      CodeUri: ".",
      Handler: source.replace(/^.*\/(.*)\.ts$/, "$1.handler"),
    },
    Metadata: {
      BuildMethod: "esbuild",
      BuildProperties: {
        ...{ Minify: minify, Sourcemap: sourcemap, Target: target, Format: format },
        OutExtension: [".js=.mjs"],
        Banner: [`js=${banner.js}`],
        EntryPoints: [source],
      },
    },
  });
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Transform: "AWS::Serverless-2016-10-31",
    Resources: Object.fromEntries(functions.map((each) => [logicalId(each.name), resource(each)])),
  };
}

/** `sam build`: folders, each function's packages installed anew. */
export const samBuild: BundlingPeer = {
  configure: (repository, functions) =>
    writeFile(join(repository, "template.json"), JSON.stringify(samTemplate(functions), null, 2)),
  clear: (repository) => rm(join(repository, ".aws-sam"), { recursive: true, force: true }),
  build: async (executable, options) => {
    const bin = join(options.cwd, "node_modules", ".bin");
    const PATH = [bin, options.env["PATH"] ?? ""].join(delimiter);
    const env = { ...options.env, PATH, SAM_CLI_TELEMETRY: "0" };
    await runCommand(executable, ["build", "--template-file", "template.json"], { ...options, env });
  },
  output: (repository, name) => ({ folder: join(repository, OUTPUT, logicalId(name)) }),
};
