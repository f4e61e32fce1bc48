import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));
export const REGION = "eu-west-1";

/** An environment of the samples, in an account of its own. */
export interface Stage {
  readonly name: string;
  readonly account: string;
  /** The branch that deploys to it. */
  readonly branch: string;
}

export const STAGES: readonly Stage[] = [
  { name: "dev", account: "111111111111", branch: "develop" },
  { name: "staging", account: "222222222222", branch: "release/1.1.0" },
  { name: "prod", account: "333333333333", branch: "main" },
];

/** The account of the CI's own credentials: it owns nothing, and assumes each account's deployment role. */
export const CI_ACCOUNT = "999999999999";

/** Every function that the samples' infrastructure provisions, by the name of the configuration. */
export const FUNCTIONS: readonly string[] = ["orders-write", "orders-read", "orders-worker"];

export const template = (name: string): string =>
  join(ROOT, "infrastructure", "cloudformation", `${name}.yaml`);
export const app = (name: string): string => join(ROOT, "apps", name);
export const SLUICE: string = join(ROOT, "packages", "cli", "dist", "bin.js");
