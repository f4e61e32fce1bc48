import { defineConfig } from "sluice";

/** Each environment has an account of its own, the role is all that a deployment may do there. */
const everywhere = {
  region: "eu-west-1",
  role: "arn:aws:iam::{account}:role/sluice-deploy",
  name: "{function}-{environment}",
  alias: "live",
  /** Artifacts, what was deployed when and by whom, and who is at it. */
  store: "s3://sluice-artifacts-{account}-{region}/thumbnails",
  keepVersions: 10,
};

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
  functions: {
    thumbnails: {
      entry: "thumbnails.app:lambda_handler",
      // Nothing was uploaded: what is compiled loads in AWS, too.
      test: { invoke: { Records: [] }, expect: { made: 0, skipped: 0 } },
    },
  },
  bundle: { ...platform, provided: ["boto3"], python: { requirements: "pylock.toml" } },
  environments: {
    dev: { ...everywhere, account: "111111111111" },
    staging: { ...everywhere, account: "222222222222" },
    prod: { ...everywhere, account: "333333333333", promoteFrom: "staging" },
  },
});
