import { defineConfig } from "sluice";

/** Each environment has an account of its own, the role is all that a deployment may do there. */
const everywhere = {
  region: "eu-west-1",
  role: "arn:aws:iam::{account}:role/sluice-deploy",
  name: "{function}-{environment}",
  alias: "live",
  /** Artifacts, what was deployed when and by whom, and who is at it. */
  store: "s3://sluice-artifacts-{account}-{region}/orders-worker",
  keepVersions: 10,
};

/** A message that can be no event: it never reaches the table, and has to be given back. */
const wrongMessage = { messageId: "test", body: "{}", attributes: { ApproximateReceiveCount: "1" } };

export default defineConfig({
  functions: {
    "orders-worker": {
      entry: "src/orders-worker.ts",
      test: {
        invoke: { Records: [wrongMessage] },
        expect: { batchItemFailures: [{ itemIdentifier: "test" }] },
      },
    },
  },
  bundle: { runtime: "nodejs24.x", architecture: "x86_64" },
  environments: {
    dev: { ...everywhere, account: "111111111111" },
    staging: { ...everywhere, account: "222222222222" },
    prod: { ...everywhere, account: "333333333333", promoteFrom: "staging" },
  },
});
