import { defineConfig } from "sluice";

/** One account for each environment; the role is all that a deployment may do there. */
const inAccount = (account: string) => ({
  account,
  region: "eu-west-1",
  role: `arn:aws:iam::${account}:role/sluice-deploy`,
  name: "{function}-{environment}",
  alias: "live",
});

/**
 * What the function has in AWS. The embedded AWS runs on this machine's processor and has one Python alone, which this
 * variable of `sluice local start` names: wheels of another one would not load there.
 */
const embedded = process.env.SLUICE_LOCAL_PYTHON;
const platform =
  embedded === undefined
    ? ({ runtime: "python3.13", architecture: "arm64" } as const)
    : ({ runtime: embedded, architecture: process.arch === "arm64" ? "arm64" : "x86_64" } as const);

export default defineConfig({
  functions: { thumbnails: "thumbnails.app:lambda_handler" },
  bundle: { ...platform, provided: ["boto3"], python: { requirements: "pylock.toml" } },
  environments: {
    dev: inAccount("111111111111"),
    staging: inAccount("222222222222"),
    prod: inAccount("333333333333"),
  },
});
