import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const execute = promisify(execFile);

const VERSION = "5.2.5";
/** The account that all access keys belong to. */
export const MOTO_ACCOUNT = "123456789012";

/** A running moto: another one's idea of AWS. */
export interface Moto {
  /** As `http://127.0.0.1:45671`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The folder of moto's packages, in the cache that all tests of the user share; the first test installs it. */
async function packages(): Promise<string> {
  const cache = join(homedir(), ".cache", "sluice-test");
  const folder = join(cache, `moto-${VERSION}`);
  if (await isThere(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(cache, "installing-moto-"));
  const options = ["--quiet", "--disable-pip-version-check", "--no-warn-script-location"];
  // Of what `moto[server]` counts in, the parts that Lambda, S3, STS and IAM need.
  const wanted = [`moto[awslambda,s3]==${VERSION}`, "flask", "flask-cors"];
  try {
    await execute("python3", ["-m", "pip", "install", ...options, "--target", scratch, ...wanted]);
    await rename(scratch, folder).catch(async (error: unknown) => {
      // Another test was faster.
      if (!(await isThere(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Ends with its standard input, and so with whoever started it. */
const SCRIPT = `
import os, sys, threading
def watch():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
from moto.server import main
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
`;

/** Starts moto's server, which never runs a function, and has every function active at once. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env["PATH"] ?? "", PYTHONPATH: await packages(), HOME: homedir() };
  const child = spawn("python3", ["-c", SCRIPT, String(port)], { env, stdio: ["pipe", "ignore", "ignore"] });
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  };
  for (let tries = 0; tries < 600 && child.exitCode === null; tries += 1) {
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) return { endpoint, stop };
    await sleep(50);
  }
  await stop();
  throw new Error("moto does not start.");
}
