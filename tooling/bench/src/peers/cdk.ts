import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { REQUIRE_BANNER } from "../bundler/options.ts";
import { runCommand } from "../command.ts";
import type { BundlingPeer } from "./bundling-peer.ts";
import type { CdkAppInput } from "./cdk-app.ts";
import { installPackages } from "./npm.ts";
import { type Peer, tryPeer } from "./peer.ts";

const VERSION = "2.276.0";
const CONSTRUCTS = "10.8.1";
const APP: string = fileURLToPath(new URL("cdk-app.js", import.meta.url));
const INPUT = "cdk-input.json";
const OUTPUT = "cdk.out";

/** aws-cdk-lib from npm. The `cdk` command would only be a process more. */
export function cdk(esbuildVersion: string, signal: AbortSignal): Promise<Peer> {
  // Without an esbuild beside itself it would bundle in Docker.
  const packages = [`aws-cdk-lib@${VERSION}`, `constructs@${CONSTRUCTS}`, `esbuild@${esbuildVersion}`];
  return tryPeer(`CDK ${VERSION}`, () => installPackages(packages, signal));
}

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Properties?: { readonly FunctionName?: string; readonly Code?: { readonly S3Key?: string } };
      }
    >
  >;
}

/**
 * The asset folder of a function in a cloud assembly.
 *
 * @throws when the template has no such function
 */
export function assetFolder(template: Template, name: string): string {
  const resource = Object.values(template.Resources).find(
    ({ Properties }) => Properties?.FunctionName === name,
  );
  const key = resource?.Properties?.Code?.S3Key;
  if (key === undefined) throw new Error(`CDK made no asset for ${name}.`);
  return `asset.${key.replace(/\.zip$/, "")}`;
}

/** NodejsFunction with local esbuild: folders, as `cdk deploy` would zip them later. */
export const cdkBuild: BundlingPeer = {
  configure: (repository, functions) => writeFile(join(repository, INPUT), JSON.stringify(functions)),
  clear: (repository) => rm(join(repository, OUTPUT), { recursive: true, force: true }),
  build: async (library, options) => {
    const root = options.cwd;
    const functions = JSON.parse(readFileSync(join(root, INPUT), "utf8")) as CdkAppInput["functions"];
    const input: CdkAppInput = {
      library,
      root,
      outdir: join(root, OUTPUT),
      functions,
      banner: REQUIRE_BANNER,
    };
    const env = { ...options.env, CDK_DISABLE_VERSION_CHECK: "1" };
    await runCommand(process.execPath, [APP, JSON.stringify(input)], { ...options, env });
  },
  output: (repository, name) => {
    const folder = join(repository, OUTPUT);
    const template = JSON.parse(readFileSync(join(folder, "bench.template.json"), "utf8")) as Template;
    return { folder: join(folder, assetFolder(template, name)) };
  },
};
