import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import type { Ran } from "./run-process.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";
import { createStub, invoke } from "./stub-function.ts";

const A = "111111111111";
const B = "222222222222";

let emulator: Emulator;
let store: string;
const repositories: FunctionRepository[] = [];
beforeAll(async () => {
  emulator = await startEmulator();
  store = await mkdtemp(join(tmpdir(), "sluice-store-"));
});
afterAll(async () => {
  await emulator.stop();
  await rm(store, { recursive: true, force: true });
});
afterEach(async () => {
  for (const repository of repositories.splice(0)) await repository.dispose();
});

const place = (account: string, region = "eu-west-1") => ({ endpoint: emulator.endpoint, account, region });

/** A repository with the function `name`, and its `dev`. */
async function open(name: string, dev: object): Promise<FunctionRepository> {
  const repository = await createRepository({
    "package.json": JSON.stringify({ name, version: "1.0.0", type: "module" }),
    "src/index.ts": 'export const handler = async () => "one";\n',
    "sluice.config.json": JSON.stringify({
      functions: { [name]: "src/index.ts" },
      environments: { dev },
    }),
  });
  repositories.push(repository);
  return repository;
}

const run = (repository: FunctionRepository, args: readonly string[], env = {}): Promise<Ran> =>
  sluice(
    repository.path,
    args,
    jobEnvironment(repository.home, {
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_ACCESS_KEY_ID: A,
      AWS_SECRET_ACCESS_KEY: "secret",
      ...env,
    }),
  );

interface Document {
  readonly targets: readonly { region: string; account: string; outcome: string }[];
  readonly error?: { code: string; message: string };
}
const parse = (ran: Ran): Document => JSON.parse(ran.stdout) as Document;

describe("an environment that another run is at", () => {
  /** Whether the store says that somebody is at it. */
  async function isHeld(repository: FunctionRepository): Promise<boolean> {
    const ran = await run(repository, ["deploy", "--json", "--force"]);
    return ran.exitCode === 3;
  }

  it("is refused, with who is at it; and waited for with --wait", async () => {
    const name = "held";
    await createStub(place(A), name, { alias: "live" });
    const repository = await open(name, {
      region: "eu-west-1",
      alias: "live",
      store: join(store, name),
      // At it until it is told to go on.
      test: { command: "touch begun; while [ ! -f go ]; do sleep 0.1; done", timeoutSeconds: 50 },
      allowDirty: true,
    });
    const first = run(repository, ["deploy"]);
    while (!existsSync(join(repository.path, "begun"))) await sleep(50);
    const second = await run(repository, ["deploy", "--json", "--force"], { USER: "ada" });
    expect([second.exitCode, parse(second).error?.code]).toEqual([3, "SLUICE_LEASE_HELD"]);
    expect(parse(second).error?.message).toMatch(
      /^Another run is at the environment "dev": .+@.+, sluice deploy, since 2/,
    );
    expect(parse(second).targets).toMatchObject([{ outcome: "skipped" }]);
    const waiting = run(repository, ["deploy", "--wait", "--json"]);
    await repository.write("go", "");
    const third = await waiting;
    expect([third.exitCode, parse(third).targets]).toMatchObject([0, [{ outcome: "unchanged" }]]);
    expect((await first).exitCode).toBe(0);
    expect(await isHeld(repository)).toBe(false);
  }, 60_000);

  it("needs no hold where nothing is changed, and none where it has `lease: false`", async () => {
    const name = "free";
    await createStub(place(A), name);
    const environment = { region: "eu-west-1", store: join(store, name) };
    const repository = await open(name, { ...environment, lease: false });
    expect((await run(repository, ["deploy"])).exitCode).toBe(0);
    const again = await run(repository, ["deploy", "--json"]);
    expect([again.exitCode, parse(again).targets]).toMatchObject([0, [{ outcome: "unchanged" }]]);
  });
});

describe("an environment of two accounts and two regions", () => {
  it("is deployed to in one run, each account by its own role", async () => {
    const name = "everywhere";
    const regions = ["eu-west-1", "us-east-1"];
    const places = [A, B].flatMap((account) => regions.map((region) => place(account, region)));
    for (const each of places) await createStub(each, name);
    const role = "arn:aws:iam::{account}:role/deploy";
    const repository = await open(name, { accounts: [A, B], role, regions, store: join(store, name) });
    const first = parse(await run(repository, ["deploy", "--json"]));
    expect(first.targets.map(({ account, region, outcome }) => [account, region, outcome])).toEqual(
      places.map(({ account, region }) => [account, region, "updated"]),
    );
    expect(await Promise.all(places.map((each) => invoke(each, name)))).toEqual(["one", "one", "one", "one"]);
    const again = parse(await run(repository, ["deploy", "--json"]));
    expect(again.targets.map(({ outcome }) => outcome)).toEqual(Array(4).fill("unchanged"));
  });
});
