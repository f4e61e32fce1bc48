import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Emulator, type FaultProxy, startEmulator, startProxy } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import { jobEnvironment, SLUICE_BIN, sluice } from "./sluice-command.ts";
import { createStub, inspect, invoke, type Place } from "./stub-function.ts";

const ACCOUNT = "111111111111";
let emulator: Emulator;
let proxy: FaultProxy;
let repository: FunctionRepository;
let names: readonly string[];
let serial = 0;
/** Called when a call reaches the proxy. */
let onCall: (operation: string) => void = () => undefined;

beforeAll(async () => {
  emulator = await startEmulator();
  proxy = await startProxy(emulator.endpoint, {
    delayMs: 40,
    intercept: ({ operation }) => {
      onCall(operation);
      return null;
    },
  });
});
afterAll(async () => {
  await proxy.stop();
  await emulator.stop();
});

const place = (): Place => ({ endpoint: emulator.endpoint, account: ACCOUNT, region: "eu-west-1" });
const environment = () =>
  jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: proxy.endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
  });

beforeEach(async () => {
  serial += 1;
  names = ["a", "b", "c"].map((letter) => `${letter}${serial}`);
  const functions = Object.fromEntries(names.map((name) => [name, `src/${name}.js`]));
  const sources = Object.fromEntries(
    names.map((name) => [`src/${name}.js`, `export const handler = async () => "${name}";\n`]),
  );
  repository = await createRepository({
    "package.json": '{"version":"1.0.0","type":"module"}',
    ...sources,
    "sluice.config.json": JSON.stringify({
      functions,
      concurrency: 1,
      environments: { dev: { account: ACCOUNT, region: "eu-west-1", alias: "live", concurrency: 1 } },
    }),
  });
  for (const name of names) await createStub(place(), name, { alias: "live" });
  await sluice(repository.path, ["build"], environment());
});
afterEach(async () => {
  onCall = () => undefined;
  await repository.dispose();
});

/** Starts a deployment and sends it a signal when the given operation is called for the first time. */
async function deployInterrupted(
  operation: string,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; stdout: string }> {
  const child = spawn(process.execPath, [SLUICE_BIN, "deploy", "--json"], {
    cwd: repository.path,
    env: environment(),
    stdio: ["ignore", "pipe", "ignore"],
  });
  onCall = (seen) => {
    if (seen === operation) child.kill(signal);
  };
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  onCall = () => undefined;
  return { code, stdout };
}

/** Whatever came before: one more run, and every function runs its code, by one version of it. */
async function expectConvergence(): Promise<void> {
  const { exitCode } = await sluice(repository.path, ["deploy", "--json"], environment());
  expect(exitCode).toBe(0);
  for (const name of names) {
    expect(await invoke(place(), name, "live")).toBe(name);
    const { version, versions } = await inspect(place(), name, "live");
    expect([version, versions]).toEqual(["2", ["1", "2"]]);
  }
}

interface Rows {
  readonly targets: readonly {
    readonly outcome: string;
    readonly reason: string;
    readonly codeSha256: string;
  }[];
}

describe("an interrupted deployment", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "on %s finishes what it began, starts nothing new, and says so with 130",
    async (signal) => {
      const { code, stdout } = await deployInterrupted("UpdateFunctionCode", signal);
      const { targets } = JSON.parse(stdout) as Rows;
      expect(code).toBe(130);
      expect(targets.map((row) => row.outcome)).toEqual(["updated", "skipped", "skipped"]);
      expect(targets[1]?.reason).toContain("interrupted");
      expect((await inspect(place(), names[0] ?? "", "live")).version).toBe("2");
      expect((await inspect(place(), names[1] ?? "", "live")).version).toBe("1");
      await expectConvergence();
    },
  );

  it("before anything was written leaves everything as it was", async () => {
    const { code } = await deployInterrupted("GetFunction", "SIGINT");
    expect(code).toBe(130);
    for (const name of names) expect((await inspect(place(), name, "live")).version).toBe("1");
    await expectConvergence();
  });

  it.each(["GetFunction", "UpdateFunctionCode", "UpdateAlias"])(
    "killed at %s converges when it is run again",
    async (operation) => {
      const { code } = await deployInterrupted(operation, "SIGKILL");
      expect(code).toBeNull();
      await expectConvergence();
    },
  );
});

describe("two deployments at once", () => {
  it("of different code: both end, one version is live everywhere or a conflict is reported", async () => {
    const [name = ""] = names;
    const other = await createRepository({
      "package.json": '{"version":"1.0.1","type":"module"}',
      "src/other.js": 'export const handler = async () => "other";\n',
      "sluice.config.json": JSON.stringify({
        functions: { [name]: "src/other.js" },
        environments: { dev: { account: ACCOUNT, region: "eu-west-1", alias: "live" } },
      }),
    });
    const ran = await Promise.all([
      sluice(repository.path, ["deploy", name, "--json"], environment()),
      sluice(other.path, ["deploy", "--json"], environment()),
    ]);
    const rows = ran.map(({ stdout }) => (JSON.parse(stdout) as Rows).targets[0]);
    const outcomes = rows.map((row) => row?.outcome);
    const codes = ran.map(({ exitCode }) => exitCode);
    expect(outcomes).toContain("updated");
    expect(codes).toEqual(outcomes.map((outcome) => (outcome === "conflict" ? 4 : 0)));
    // Callers have a winner's code. `$LATEST`, which they do not get, may have that of whoever came later and did not get the alias.
    const live = await inspect(place(), name, "live");
    const winners = rows.filter((row) => row?.outcome === "updated");
    expect(winners.map((row) => row?.codeSha256)).toContain(live.codeSha256);
    await other.dispose();
  });
});
