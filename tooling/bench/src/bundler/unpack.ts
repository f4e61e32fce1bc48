import { runCommand } from "../command.ts";

/** What is unpacked, and the folder that it is unpacked to. */
export interface Unpacking {
  readonly zip: string;
  readonly to: string;
}

const SCRIPT = `
import json, sys, zipfile
for each in json.loads(sys.argv[1]):
    zipfile.ZipFile(each["zip"]).extractall(each["to"])
`;

/** Unpacks zips with Python's `zipfile`, a reader that has nothing to do with those who wrote them. */
export async function unpack(work: readonly Unpacking[], signal: AbortSignal): Promise<void> {
  const env = { PATH: process.env["PATH"] ?? "" };
  await runCommand("python3", ["-c", SCRIPT, JSON.stringify(work)], { cwd: process.cwd(), env, signal });
}
