import { defineConfig } from "sluice";

/** One account for each environment; the role is all that a deployment may do there. */
const inAccount = (account: string) => ({
  account,
  region: "eu-west-1",
  role: `arn:aws:iam::${account}:role/sluice-deploy`,
  name: "{function}-{environment}",
  alias: "live",
});

export default defineConfig({
  functions: { "orders-worker": "src/orders-worker.ts" },
  bundle: { runtime: "nodejs24.x", architecture: "x86_64" },
  environments: {
    dev: inAccount("111111111111"),
    staging: inAccount("222222222222"),
    prod: inAccount("333333333333"),
  },
});
