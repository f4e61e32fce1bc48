import { type Emulator, startEmulator } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import type { Ran } from "./run-process.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";
import { createStub, inspect, invoke, type Place } from "./stub-function.ts";

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
const STAGING = "222222222222";
const PROD = "333333333333";
const place = (account: string): Place => ({ endpoint: emulator.endpoint, account, region: "eu-west-1" });

const handler = (text: string): string => `export const handler = async () => ${JSON.stringify(text)};\n`;

interface World {
  readonly repository: FunctionRepository;
  /** Name of the function in the configuration, new for each test. */
  readonly name: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>, account?: string): Promise<Ran>;
}

/** A repository with one function, on `develop`; environments dev, staging and prod in accounts of their own. */
async function world(options: { alias?: string; more?: Record<string, unknown> } = {}): Promise<World> {
  serial += 1;
  const name = `orders-${serial}`;
  const environment = (account: string, suffix: string) => ({
    account,
    region: "eu-west-1",
    name: `{function}-${suffix}`,
    ...(options.alias === undefined ? {} : { alias: options.alias }),
  });
  const config = {
    functions: { [name]: "src/orders.ts" },
    environments: {
      dev: environment(DEV, "dev"),
      staging: environment(STAGING, "staging"),
      prod: environment(PROD, "prod"),
    },
    ...options.more,
  };
  const repository = await createRepository({
    "package.json": JSON.stringify({ name, version: "1.0.0", type: "module" }),
    "src/orders.ts": handler("one"),
    "sluice.config.json": JSON.stringify(config),
  });
  repositories.push(repository);
  const run: World["run"] = (args, env = {}, account = DEV) =>
    sluice(
      repository.path,
      args,
      jobEnvironment(repository.home, {
        AWS_ENDPOINT_URL: emulator.endpoint,
        AWS_ACCESS_KEY_ID: account,
        AWS_SECRET_ACCESS_KEY: "a-secret-that-never-shows",
        ...env,
      }),
    );
  return { repository, name, run };
}

interface Document {
  readonly environment: string | null;
  readonly error?: { code: string; message: string; hint: string };
  readonly targets: readonly {
    target: string;
    outcome: string;
    version: string | null;
    previousVersion: string | null;
    codeSha256: string;
    account: string | null;
    apiCalls: Record<string, number>;
    error: { code: string; message: string; hint: string } | null;
  }[];
  readonly summary: Record<string, number>;
}
const parse = (ran: Ran): Document => JSON.parse(ran.stdout) as Document;
const calls = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

describe("the main job", () => {
  it("deploys each branch to its environment, and nothing from a feature branch", async () => {
    const { repository, name, run } = await world();
    const places = [
      [DEV, "dev"],
      [STAGING, "staging"],
      [PROD, "prod"],
    ] as const;
    for (const [account, suffix] of places) await createStub(place(account), `${name}-${suffix}`);
    const answers = () =>
      Promise.all(places.map(([account, suffix]) => invoke(place(account), `${name}-${suffix}`)));

    await repository.git("checkout", "-q", "-b", "feature/x");
    const feature = await run(["deploy"]);
    expect([feature.exitCode, await answers()]).toEqual([0, ["stub", "stub", "stub"]]);

    await repository.git("checkout", "-q", "develop");
    expect((await run(["deploy"])).exitCode).toBe(0);
    expect(await answers()).toEqual(["one", "stub", "stub"]);

    await repository.git("checkout", "-q", "-b", "release/1.1.0");
    expect((await run(["deploy"], {}, STAGING)).exitCode).toBe(0);
    expect(await answers()).toEqual(["one", "one", "stub"]);

    await repository.git("checkout", "-q", "-b", "main");
    expect((await run(["deploy"], {}, PROD)).exitCode).toBe(0);
    expect(await answers()).toEqual(["one", "one", "one"]);

    const live = await Promise.all(
      places.map(([account, suffix]) => inspect(place(account), `${name}-${suffix}`)),
    );
    expect(new Set(live.map((each) => each.codeSha256)).size).toBe(1);
  });

  it("moves the alias with at most 5 calls, and costs one call when nothing has changed", async () => {
    const { repository, name, run } = await world({ alias: "live" });
    await createStub(place(DEV), `${name}-dev`, { alias: "live" });
    await repository.write("src/orders.ts", handler("two"));
    await repository.commit("two");
    const first = parse(await run(["deploy", "--json"]));
    expect(first.targets[0]).toMatchObject({
      outcome: "updated",
      previousVersion: "1",
      version: "2",
      account: DEV,
    });
    const changed = first.targets[0]?.apiCalls ?? {};
    // Without a round trip between, the first poll may come before the emulator is done.
    expect({ ...changed, GetFunction: 0 }).toEqual({
      GetFunction: 0,
      GetAlias: 1,
      UpdateFunctionCode: 1,
      UpdateAlias: 1,
    });
    expect(await invoke(place(DEV), `${name}-dev`, "live")).toBe("two");

    const again = parse(await run(["deploy", "--json"]));
    expect(again.targets[0]).toMatchObject({ outcome: "unchanged", version: "2" });
    expect(again.targets[0]?.apiCalls).toEqual({ GetFunction: 1 });
    expect((await inspect(place(DEV), `${name}-dev`)).versions).toEqual(["1", "2"]);
  });

  it("creates nothing: a function that is not there is absent, and with --require-existing an error", async () => {
    const { name, run } = await world();
    const tolerated = await run(["deploy", "--json"]);
    expect(tolerated.exitCode).toBe(0);
    expect(parse(tolerated).targets[0]).toMatchObject({ target: `${name}-dev`, outcome: "absent" });
    const required = await run(["deploy", "--json", "--require-existing"]);
    expect([required.exitCode, parse(required).error?.code]).toEqual([5, "SLUICE_FUNCTION_ABSENT"]);
    await expect(inspect(place(DEV), `${name}-dev`)).rejects.toThrow();
  });

  it("plans without writing, and says the same as deploy then does", async () => {
    const { name, run } = await world();
    await createStub(place(DEV), `${name}-dev`);
    const before = await inspect(place(DEV), `${name}-dev`);
    for (const args of [
      ["plan", "--json"],
      ["deploy", "--dry-run", "--json"],
    ]) {
      const document = parse(await run(args));
      expect(document.targets[0]).toMatchObject({ outcome: "updated", version: null });
      expect(Object.keys(document.targets[0]?.apiCalls ?? {})).toEqual(["GetFunction"]);
    }
    expect(await inspect(place(DEV), `${name}-dev`)).toEqual(before);
    expect(parse(await run(["deploy", "--json"])).targets[0]?.outcome).toBe("updated");
    expect(parse(await run(["plan", "--json"])).targets[0]?.outcome).toBe("unchanged");
  });

  it("keeps stdout for what was asked for, and secrets out of everything", async () => {
    const { name, run } = await world();
    await createStub(place(DEV), `${name}-dev`);
    const human = await run(["deploy", "--log-level", "debug"]);
    expect(human.stdout).toBe("");
    expect(human.stderr).toContain(`${name}-dev`);
    const json = await run(["deploy", "--json", "--log-level", "debug"]);
    expect(() => parse(json)).not.toThrow();
    expect(human.stderr + json.stderr + json.stdout).not.toContain("a-secret-that-never-shows");
    expect(human.stderr.split("\n").filter((line) => line.length > 80 && !line.includes("http"))).toEqual([]);
  });

  it("deploys a ready zip with --artifact", async () => {
    const { repository, name, run } = await world();
    await createStub(place(DEV), `${name}-dev`);
    await run(["build"]);
    await repository.git("checkout", "-q", "develop");
    const built = `.sluice/artifacts/${name}.zip`;
    await repository.write("sub/ready.zip", "");
    const { copyFile } = await import("node:fs/promises");
    await copyFile(`${repository.path}/${built}`, `${repository.path}/sub/ready.zip`);
    await repository.commit("zip");
    const document = parse(await run(["deploy", "--json", "--artifact", "sub/ready.zip"]));
    expect(document.targets[0]?.outcome).toBe("updated");
    expect(await invoke(place(DEV), `${name}-dev`)).toBe("one");
  });
});

describe("refusals: exit 3 and nothing written", () => {
  async function refused(
    made: World,
    args: readonly string[],
    account = DEV,
    target = `${made.name}-dev`,
    owner = DEV,
  ) {
    const before = await inspect(place(owner), target).catch(() => null);
    const ran = await made.run([...args, "--json"], {}, account);
    expect(await inspect(place(owner), target).catch(() => null)).toEqual(before);
    return { exitCode: ran.exitCode, code: parse(ran).error?.code, ran };
  }

  it("refuses a wrong account", async () => {
    const made = await world();
    await createStub(place(DEV), `${made.name}-dev`);
    await createStub(place(PROD), `${made.name}-dev`);
    const { exitCode, code, ran } = await refused(made, ["deploy"], PROD, `${made.name}-dev`, PROD);
    expect([exitCode, code]).toEqual([3, "SLUICE_WRONG_ACCOUNT"]);
    expect(ran.stderr).toContain(DEV);
    expect(ran.stderr).toContain(PROD);
  });

  it("refuses a wrong account also when a plugin's gate answers nonsense", async () => {
    const made = await world();
    await createStub(place(PROD), `${made.name}-dev`);
    await made.repository.write(
      "sluice.config.mjs",
      `import config from "./sluice.config.json" with { type: "json" };
export default { ...config, plugins: [{ name: "odd", gate: () => [{ code: "X", message: "no" }] }] };`,
    );
    await made.repository.commit("plugin");
    const { exitCode, code, ran } = await refused(
      made,
      ["deploy", "--config", "sluice.config.mjs"],
      PROD,
      `${made.name}-dev`,
      PROD,
    );
    expect([exitCode, code]).toEqual([3, "SLUICE_PLUGIN_ANSWER"]);
    expect(ran.stdout).toContain("SLUICE_WRONG_ACCOUNT");
  });

  it("refuses an environment that the branch does not map to, unless the configuration allows it", async () => {
    const made = await world();
    await createStub(place(PROD), `${made.name}-prod`);
    const { exitCode, code } = await refused(
      made,
      ["deploy", "--environment", "prod"],
      PROD,
      `${made.name}-prod`,
      PROD,
    );
    expect([exitCode, code]).toEqual([3, "SLUICE_BRANCH_NOT_ALLOWED"]);
    await made.repository.write(
      "sluice.config.json",
      JSON.stringify({
        functions: { [made.name]: "src/orders.ts" },
        environments: {
          prod: { account: PROD, region: "eu-west-1", name: "{function}-prod", allowAnyBranch: true },
        },
      }),
    );
    await made.repository.commit("allow");
    expect((await made.run(["deploy", "--environment", "prod"], {}, PROD)).exitCode).toBe(0);
    expect(await invoke(place(PROD), `${made.name}-prod`)).toBe("one");
  });

  it("refuses a dirty work tree, unless --allow-dirty", async () => {
    const made = await world();
    await createStub(place(DEV), `${made.name}-dev`);
    await made.repository.write("src/orders.ts", handler("dirty"));
    const { exitCode, code, ran } = await refused(made, ["deploy"]);
    expect([exitCode, code]).toEqual([3, "SLUICE_DIRTY_TREE"]);
    expect(ran.stderr).toContain("src/orders.ts");
    expect((await made.run(["deploy", "--allow-dirty"])).exitCode).toBe(0);
    expect(await invoke(place(DEV), `${made.name}-dev`)).toBe("dirty");
  });

  it.each([
    ["handler", { Handler: "other.main" }, "SLUICE_HANDLER_MISMATCH"],
    ["runtime", { Runtime: "python3.13" as const }, "SLUICE_RUNTIME_MISMATCH"],
  ])("refuses an artifact that does not fit the function's %s", async (_what, configuration, expected) => {
    const made = await world();
    await createStub(place(DEV), `${made.name}-dev`, configuration);
    const { exitCode, code } = await refused(made, ["deploy"]);
    expect([exitCode, code]).toEqual([3, expected]);
  });

  it("refuses an artifact of another architecture", async () => {
    const made = await world({ more: { bundle: { architecture: "x86_64" } } });
    await createStub(place(DEV), `${made.name}-dev`, { Architectures: ["arm64"] });
    expect(await refused(made, ["deploy"])).toMatchObject({
      exitCode: 3,
      code: "SLUICE_ARCHITECTURE_MISMATCH",
    });
  });
});

describe("failures that leave nothing half-done", () => {
  it("says so when no endpoint answers", async () => {
    const { run } = await world();
    const ran = await run(["deploy", "--json"], { AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
    expect([ran.exitCode, parse(ran).error?.code ?? parse(ran).targets[0]?.error?.code]).toEqual([
      2,
      "SLUICE_AWS_UNREACHABLE",
    ]);
  });

  it("says so when there are no credentials", async () => {
    const { run } = await world();
    const ran = await run(["deploy", "--json"], {
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_EC2_METADATA_DISABLED: "true",
    });
    expect([ran.exitCode, parse(ran).error?.code]).toEqual([2, "SLUICE_CREDENTIALS_MISSING"]);
  });

  it("carries on with the other functions when one fails, and exits with 4", async () => {
    const made = await world();
    const { repository, name } = made;
    await repository.write("src/other.ts", handler("other"));
    await repository.write(
      "sluice.config.json",
      JSON.stringify({
        functions: {
          [name]: { entry: "src/orders.ts", test: { invoke: {}, expect: "something else" } },
          [`${name}-other`]: "src/other.ts",
          absent: "src/other.ts",
        },
        environments: { dev: { region: "eu-west-1", name: "{function}-dev", alias: "live" } },
      }),
    );
    await repository.commit("a test that fails");
    for (const each of [name, `${name}-other`])
      await createStub(place(DEV), `${each}-dev`, { alias: "live" });
    const ran = await made.run(["deploy", "--json"]);
    const document = parse(ran);
    expect(ran.exitCode).toBe(4);
    expect(document.summary).toMatchObject({ failed: 1, updated: 1, absent: 1 });
    expect(document.targets[0]?.error?.code).toBe("SLUICE_TEST_FAILED");
    expect((await inspect(place(DEV), `${name}-dev`, "live")).version).toBe("1");
  });

  it("attempts nothing when the store's bucket is not there", async () => {
    const made = await world({ alias: "live", more: { store: "s3://no-such-bucket/x" } });
    await createStub(place(DEV), `${made.name}-dev`, { alias: "live" });
    const ran = await made.run(["deploy", "--json"]);
    const { error, targets } = parse(ran);
    expect([ran.exitCode, error?.code, targets]).toEqual([2, "SLUICE_BUCKET_ABSENT", []]);
    expect(error?.message).toContain("NoSuchBucket");
    expect((await inspect(place(DEV), `${made.name}-dev`, "live")).version).toBe("1");
  });

  it("says that --create-alias creates none where the environment names none", async () => {
    const made = await world();
    await createStub(place(DEV), `${made.name}-dev`);
    const ran = await made.run(["plan", "--create-alias"]);
    expect([ran.exitCode, ran.stdout]).toEqual([0, ""]);
    expect(ran.stderr).toMatch(/dev names no alias/);
  });

  it("uploads to a store in S3 once, and deploys from there", async () => {
    const { CreateBucketCommand, ListObjectsV2Command, S3Client } = await import("@aws-sdk/client-s3");
    const s3 = new S3Client({
      endpoint: emulator.endpoint,
      region: "eu-west-1",
      forcePathStyle: true,
      credentials: { accessKeyId: DEV, secretAccessKey: "test" },
    });
    const made = await world({ alias: "live", more: { store: "s3://artifacts-of-dev/sluice" } });
    await s3.send(new CreateBucketCommand({ Bucket: "artifacts-of-dev" }));
    await createStub(place(DEV), `${made.name}-dev`, { alias: "live" });
    const document = parse(await made.run(["deploy", "--json"]));
    expect(document.targets[0]).toMatchObject({ outcome: "updated" });
    expect(calls(document.targets[0]?.apiCalls ?? {})).toBeGreaterThan(0);
    expect(await invoke(place(DEV), `${made.name}-dev`, "live")).toBe("one");
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "artifacts-of-dev" }));
    const keys = Contents.map((each) => each.Key?.replace(/[0-9a-f]{64}/, "HEX") ?? "");
    expect(keys.filter((key) => key.startsWith("sluice/artifacts/"))).toEqual([
      `sluice/artifacts/sha256/HEX/${made.name}.manifest.json`,
      `sluice/artifacts/sha256/HEX/${made.name}.zip`,
    ]);
    s3.destroy();
  });
});
