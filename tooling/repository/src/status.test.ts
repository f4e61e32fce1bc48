import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  DeleteFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import type { Ran } from "./run-process.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";
import { createStub, inspect, type Place, STUB_ZIP } from "./stub-function.ts";

let emulator: Emulator;
const repositories: FunctionRepository[] = [];
let serial = 0;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator.stop();
});
afterEach(async () => {
  for (const repository of repositories.splice(0)) await repository.dispose();
});

const DEV = "111111111111";
const PROD = "333333333333";
const place = (account: string, region = "eu-west-1"): Place => ({
  endpoint: emulator.endpoint,
  account,
  region,
});
const handler = (text: string): string => `export const handler = async () => ${JSON.stringify(text)};\n`;

interface World {
  readonly repository: FunctionRepository;
  /** Name of the function in the configuration, new for each test. */
  readonly name: string;
  run(...args: readonly string[]): Promise<Ran>;
}

/** One function, in dev (two regions) and prod, each in an account with a profile of its own. */
async function world(options: { readonly store?: boolean } = {}): Promise<World> {
  serial += 1;
  const name = `status-${serial}`;
  const repository = await createRepository({
    "package.json": JSON.stringify({ name, version: "1.2.0", type: "module" }),
    "src/orders.ts": handler("one"),
  });
  repositories.push(repository);
  const config = {
    functions: { [name]: "src/orders.ts" },
    environments: {
      dev: {
        account: DEV,
        profile: "dev",
        regions: ["eu-west-1", "eu-central-1"],
        name: "{function}-dev",
        alias: "live",
      },
      prod: { account: PROD, profile: "prod", region: "eu-west-1", alias: "live" },
    },
    ...(options.store === false ? {} : { store: join(repository.home, "store") }),
  };
  await repository.write("sluice.config.json", JSON.stringify(config));
  await repository.commit("configuration");
  await writeProfiles(repository.home, { dev: DEV, prod: PROD });
  const variables = { AWS_ENDPOINT_URL: emulator.endpoint, AWS_EC2_METADATA_DISABLED: "true" };
  const run: World["run"] = (...args) =>
    sluice(repository.path, args, jobEnvironment(repository.home, variables));
  return { repository, name, run };
}

async function writeProfiles(home: string, accounts: Readonly<Record<string, string>>): Promise<void> {
  const text = Object.entries(accounts).map(
    ([name, account]) =>
      `[${name}]\naws_access_key_id = ${account}\naws_secret_access_key = a-secret-of-tests\n`,
  );
  await mkdir(join(home, ".aws"), { recursive: true });
  await writeFile(join(home, ".aws", "credentials"), text.join("\n"));
}

interface Row {
  readonly target: string;
  readonly region: string;
  readonly account: string | null;
  readonly version: string | null;
  readonly alias: string | null;
  readonly digest: string | null;
  readonly commit: string | null;
  readonly packageVersion: string | null;
  readonly deployedAt: string | null;
  readonly drift: string | null;
  readonly apiCalls: Record<string, number>;
}
interface Status {
  readonly schema: number;
  readonly environments: readonly {
    readonly name: string;
    readonly functions: readonly Row[];
    readonly errors: readonly { readonly code: string }[];
  }[];
}

async function statusOf(run: World["run"], ...args: readonly string[]) {
  const ran = await run("status", "--json", ...args);
  const document = JSON.parse(ran.stdout) as Status;
  const [dev, prod] = ["dev", "prod"].map((name) => document.environments.find((each) => each.name === name));
  return {
    ran,
    document,
    dev,
    prod,
    drifts: document.environments.flatMap((each) => each.functions).map(({ drift }) => drift),
  };
}

/** Changes code as a hand in the console does. */
async function changeByHand(where: Place, name: string): Promise<void> {
  const client = clientIn(where);
  await client.send(
    new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: Buffer.from(STUB_ZIP, "base64") }),
  );
  const { Version } = await client.send(new PublishVersionCommand({ FunctionName: name }));
  await client.send(new UpdateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: Version }));
  client.destroy();
}

function clientIn({ endpoint, region, account }: Place): LambdaClient {
  return new LambdaClient({
    endpoint,
    region,
    credentials: { accessKeyId: account, secretAccessKey: "test" },
  });
}

/** Points an alias at function version 1, and binds a mapping to version 2. */
async function pin(where: Place, name: string): Promise<void> {
  const client = clientIn(where);
  await client.send(new CreateAliasCommand({ FunctionName: name, Name: "old", FunctionVersion: "1" }));
  const { region, account } = where;
  const source = `arn:aws:sqs:${region}:${account}:orders`;
  const mapping = { FunctionName: `${name}:2`, EventSourceArn: source, Enabled: false };
  await client.send(new CreateEventSourceMappingCommand(mapping));
  client.destroy();
}

async function deployedDev(options: { readonly store?: boolean } = {}): Promise<World> {
  const made = await world(options);
  for (const region of ["eu-west-1", "eu-central-1"])
    await createStub(place(DEV, region), `${made.name}-dev`, { alias: "live" });
  const deployed = await made.run("deploy");
  expect(deployed.exitCode, deployed.stderr).toBe(0);
  return made;
}

describe("sluice status", () => {
  it("shows every environment, account and region, with commit and version from records", {
    timeout: 60_000,
  }, async () => {
    const { name, run, repository } = await deployedDev();
    const { ran, document, dev, prod } = await statusOf(run);
    expect([ran.exitCode, document.schema]).toEqual([0, 1]);
    const { codeSha256 } = await inspect(place(DEV), `${name}-dev`, "live");
    const commit = (await repository.git("rev-parse", "HEAD")).trim();
    const row = {
      function: name,
      target: `${name}-dev`,
      account: DEV,
      version: "2",
      alias: "live",
      digest: `sha256:${Buffer.from(codeSha256 ?? "", "base64").toString("hex")}`,
      commit,
      packageVersion: "1.2.0",
      drift: "none",
    };
    expect(dev?.functions).toMatchObject([
      { ...row, region: "eu-west-1" },
      { ...row, region: "eu-central-1" },
    ]);
    expect(dev?.functions[0]?.apiCalls).toMatchObject({ GetFunction: 2 });
    expect(prod?.functions).toMatchObject([{ target: name, drift: "absent", version: null, digest: null }]);
  });

  it("tells code that was changed by hand, and a function that is gone", { timeout: 60_000 }, async () => {
    const { name, run } = await deployedDev();
    await changeByHand(place(DEV, "eu-central-1"), `${name}-dev`);
    const client = clientIn(place(DEV));
    await client.send(new DeleteFunctionCommand({ FunctionName: `${name}-dev` }));
    client.destroy();
    const { ran, drifts, dev } = await statusOf(run, "--environment", "dev");
    expect([ran.exitCode, drifts]).toEqual([0, ["absent", "code"]]);
    expect(dev?.functions[1]).toMatchObject({ version: "3", commit: null, expected: { version: "2" } });
    expect(ran.stderr).toContain("other code");
  });

  it("compares with the alias's description where there is no store", { timeout: 60_000 }, async () => {
    const { name, run } = await deployedDev({ store: false });
    expect((await statusOf(run, "--environment", "dev")).drifts).toEqual(["none", "none"]);
    await changeByHand(place(DEV), `${name}-dev`);
    expect((await statusOf(run, "--environment", "dev")).drifts).toEqual(["unknown-origin", "none"]);
  });

  it("shows what it can where an environment cannot be read, with exit code 4", {
    timeout: 60_000,
  }, async () => {
    const { run, repository } = await deployedDev();
    await writeProfiles(repository.home, { dev: DEV, prod: DEV });
    const { ran, dev, prod } = await statusOf(run);
    expect(ran.exitCode).toBe(4);
    expect(dev?.functions).toHaveLength(2);
    expect(prod).toMatchObject({ functions: [], errors: [{ code: "SLUICE_WRONG_ACCOUNT" }] });
    await writeProfiles(repository.home, { dev: DEV });
    const missing = await statusOf(run);
    expect([missing.ran.exitCode, missing.prod?.errors[0]?.code]).toEqual([4, "SLUICE_PROFILE_UNKNOWN"]);
    expect((await statusOf(run, "--environment", "prod")).ran.exitCode).toBe(2);
  });

  it("needs no git, and writes a page that loads nothing", { timeout: 60_000 }, async () => {
    const { name, run, repository } = await deployedDev();
    await rm(join(repository.path, ".git"), { recursive: true });
    const ran = await run("status", "--html", "status.html");
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toContain(`✓ ${name}-dev`);
    const page = await readFile(join(repository.path, "status.html"), "utf8");
    expect(page).toContain(`>${name}</th>`);
    expect(page).not.toMatch(/<script|https?:\/\//);
    const elsewhere = await run("status", "--html", "no/such/folder/status.html");
    expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([
      2,
      expect.stringContaining("SLUICE_FILE_UNWRITABLE"),
    ]);
  });
});

describe("sluice versions", () => {
  it("lists, says what would be deleted, and deletes it", { timeout: 120_000 }, async () => {
    const { name, run, repository } = await deployedDev();
    for (const text of ["two", "three", "four"]) {
      await repository.write("src/orders.ts", handler(text));
      await repository.commit(text);
      expect((await run("deploy")).exitCode).toBe(0);
    }
    const numbers = async () => (await inspect(place(DEV), `${name}-dev`)).versions;
    expect(await numbers()).toEqual(["1", "2", "3", "4", "5"]);
    const listed = await run("versions", name, "--json");
    const { functions } = JSON.parse(listed.stdout) as {
      functions: { versions: Record<string, unknown>[] }[];
    };
    expect(functions).toHaveLength(2);
    expect(functions[0]?.versions[0]).toMatchObject({
      version: "5",
      aliases: [{ name: "live", share: 1 }],
      outcome: "live",
      commit: (await repository.git("rev-parse", "HEAD")).trim(),
    });
    expect(listed.stderr).toMatch(/version +alias +size/);

    const dry = await run("versions", "--keep-versions", "1", "--dry-run");
    expect([dry.exitCode, dry.stderr]).toEqual([0, expect.stringContaining("would be deleted: 1, 2, 3")]);
    expect(await numbers()).toHaveLength(5);
    const refused = await run("versions", "--keep-versions", "1", "--environment", "prod");
    expect(refused.exitCode, refused.stderr).toBe(3);
    await pin(place(DEV, "eu-central-1"), `${name}-dev`);
    const pruned = await run("versions", "--keep-versions", "1");
    expect(pruned.exitCode, pruned.stderr).toBe(0);
    // 4 is what a rollback would go back to.
    expect(await numbers()).toEqual(["4", "5"]);
    expect(pruned.stderr).toContain("deleted: 1, 2, 3, which frees");
    // 1 has an alias of its own, 2 an event source mapping.
    const pinned = (await inspect(place(DEV, "eu-central-1"), `${name}-dev`)).versions;
    expect(pinned).toEqual(["1", "2", "4", "5"]);
    expect(pruned.stderr).toContain("1 stays: alias old names it");
    expect(pruned.stderr).toContain("2 stays: an event source mapping is bound to it");
  });

  it("deploy --keep-versions deletes old ones afterwards", { timeout: 120_000 }, async () => {
    const { name, run, repository } = await deployedDev();
    for (const text of ["two", "three"]) {
      await repository.write("src/orders.ts", handler(text));
      await repository.commit(text);
      expect((await run("deploy")).exitCode).toBe(0);
    }
    await repository.write("src/orders.ts", handler("four"));
    await repository.commit("four");
    const dry = await run("deploy", "--keep-versions", "2", "--dry-run");
    expect(dry.stderr).toContain("would delete old function versions: 1, 2, 3");
    const deployed = await run("deploy", "--keep-versions", "2", "--json");
    const { targets } = JSON.parse(deployed.stdout) as { targets: { prunedVersions?: string[] }[] };
    expect(targets.map(({ prunedVersions }) => prunedVersions)).toEqual([
      ["1", "2", "3"],
      ["1", "2", "3"],
    ]);
    expect((await inspect(place(DEV), `${name}-dev`)).versions).toEqual(["4", "5"]);
  });
});
