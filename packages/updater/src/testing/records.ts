import { type DeploymentRecord, openDeployments } from "@sluice/artifact";
import { sha } from "./fake-lambda.ts";

/** A record of a deployment that went well, of code as the fake names it. */
export function recordOf(code: string, overrides: Partial<DeploymentRecord> = {}): DeploymentRecord {
  const codeSha256 = sha(code);
  return {
    schema: 1,
    environment: "dev",
    function: "orders",
    target: "orders",
    region: "eu-west-1",
    account: "111111111111",
    alias: "live",
    command: "deploy",
    outcome: "live",
    digest: `sha256:${Buffer.from(codeSha256, "base64").toString("hex")}`,
    codeSha256,
    version: "1",
    predecessor: null,
    commit: "0123456789abcdef0123456789abcdef01234567",
    tree: null,
    committedAt: null,
    dirty: false,
    branch: "develop",
    packageVersion: "1.4.0",
    at: "2026-11-20T10:00:00.000Z",
    who: { identity: null, user: "ada", job: null },
    reason: "code changed",
    sluice: "",
    layers: [],
    image: null,
    ...overrides,
  };
}

/** Writes records into a folder that is the store. */
export async function writeRecords(folder: string, ...records: readonly DeploymentRecord[]): Promise<void> {
  const objects = (): never => {
    throw new Error("a folder has no bucket");
  };
  const deployments = openDeployments(folder, { root: folder, objects });
  for (const record of records) await deployments.write(record);
}
