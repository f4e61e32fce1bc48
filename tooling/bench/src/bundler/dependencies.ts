import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { version as esbuildVersion } from "esbuild";
import { cached } from "../cache.ts";
import { runCommand } from "../command.ts";

const AWS_SDK = "3.1162.0";
const POWERTOOLS = "2.35.0";

/** Pinned: a benchmark over other packages is another benchmark. */
const DEPENDENCIES: Readonly<Record<string, string>> = {
  "@aws-sdk/client-dynamodb": AWS_SDK,
  "@aws-sdk/lib-dynamodb": AWS_SDK,
  "@aws-sdk/client-s3": AWS_SDK,
  "@aws-sdk/client-sqs": AWS_SDK,
  "@aws-sdk/client-sns": AWS_SDK,
  "@aws-sdk/client-secrets-manager": AWS_SDK,
  "@aws-sdk/client-eventbridge": AWS_SDK,
  // What Powertools reads parameters with.
  "@aws-sdk/client-ssm": AWS_SDK,
  "@aws-sdk/client-sfn": AWS_SDK,
  "@aws-lambda-powertools/logger": POWERTOOLS,
  "@aws-lambda-powertools/metrics": POWERTOOLS,
  "@aws-lambda-powertools/tracer": POWERTOOLS,
  "@aws-lambda-powertools/parameters": POWERTOOLS,
  hono: "4.13.19",
  zod: "4.6.7",
};

/** The esbuild of this monorepo, so that every contender bundles with the same one. */
export const ESBUILD_VERSION: string = esbuildVersion;

/** package.json of the function repository. */
const PACKAGE: string = JSON.stringify(
  {
    name: "bench-shop",
    version: "1.0.0",
    private: true,
    type: "module",
    dependencies: DEPENDENCIES,
    // CDK and SAM look for esbuild there.
    devDependencies: { esbuild: ESBUILD_VERSION },
  },
  null,
  2,
);

/** Packages from the registry, once for all runs. */
function installed(signal: AbortSignal): Promise<string> {
  const name = `bundler-aws-sdk-${AWS_SDK}+powertools-${POWERTOOLS}+esbuild-${ESBUILD_VERSION}`;
  return cached(name, async (cwd) => {
    await writeFile(join(cwd, "package.json"), PACKAGE);
    const args = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
    await runCommand("npm", args, { cwd, env: process.env as Record<string, string>, signal });
  });
}

/** Puts package.json, package-lock.json and node_modules, as npm has installed them, into `folder`. */
export async function installInto(folder: string, signal: AbortSignal): Promise<void> {
  const source = await installed(signal);
  for (const name of ["node_modules", "package.json", "package-lock.json"])
    await cp(join(source, name), join(folder, name), { recursive: true, verbatimSymlinks: true });
}
