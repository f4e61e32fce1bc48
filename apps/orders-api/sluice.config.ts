import { defineConfig } from "sluice";

/** Each environment has an account of its own, the role is all that a deployment may do there. */
const everywhere = {
  region: "eu-west-1",
  role: "arn:aws:iam::{account}:role/sluice-deploy",
  name: "{function}-{environment}",
  alias: "live",
  /** Artifacts, what was deployed when and by whom, and who is at it. */
  store: "s3://sluice-artifacts-{account}-{region}/orders-api",
  keepVersions: 10,
};

/** Asked at the alias candidate, before the alias live is moved. */
const candidate = "candidate";

export default defineConfig({
  functions: {
    "orders-write": {
      entry: "src/orders-write.ts",
      test: {
        http: { method: "POST", path: "/orders", body: { customer: "nobody" }, alias: candidate },
        expect: { status: 400, body: { title: "the order is not valid" } },
      },
    },
    "orders-read": {
      entry: "src/orders-read.ts",
      // No such order, which only the table can tell: URL, code, environment and permissions are in order.
      test: {
        http: { path: "/orders/00000000-0000-8000-8000-000000000000", alias: candidate },
        expect: { status: 404, body: { title: "there is no such order" } },
      },
    },
  },
  bundle: { runtime: "nodejs22.x", architecture: "x86_64" },
  environments: {
    dev: { ...everywhere, account: "111111111111" },
    staging: { ...everywhere, account: "222222222222" },
    prod: {
      ...everywhere,
      account: "333333333333",
      promoteFrom: "staging",
      traffic: { canary: 10, bake: "5m", alarms: ["{target}-5xx"] },
    },
  },
});
