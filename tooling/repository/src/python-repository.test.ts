import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import { packPackages, runNpm } from "./packages.ts";
import { type Ran, runProcess } from "./run-process.ts";
import { jobEnvironment } from "./sluice-command.ts";
import { createStub, invoke, type Place } from "./stub-function.ts";

const ACCOUNT = "111111111111";

/** `greetings` 1.0, which has `greet(name)`: made once with Python's zipfile, so that no package of ours makes it. */
const WHEEL =
  "UEsDBBQAAAAIAAAAIQC6B9xwSgAAAFMAAAAVAAAAZ3JlZXRpbmdzL19faW5pdF9fLnB5SyvKz1VIL0pNLcnMSy/WK88vSilWyMwtyC8qUfBw9fHx5+LiSklNgyjRyEvMTdW04lIAgqLUktKiPIU0pWqwslodhWqQbK0SFwBQSwMEFAAAAAgAAAAhAO+0FmISAAAAEAAAABIAAABncmVldGluZ3Mvd29yZHMucHnzcPXx8VewVVDySM3JyVfiAgBQSwMEFAAAAAgAAAAhALUJSfhUAAAAWwAAACAAAABncmVldGluZ3MtMS4wLmRpc3QtaW5mby9NRVRBREFUQT3KIQ6AMAwFUN9TNPgRQI7MYUEg8E34gYltoSsJxweFfm+GyS4mboPWWLLnoe1pkQTPhwIW81Hpx77taMV1R0V1U6zmORc7vzQyHlPhELhJRdHQC1BLAwQUAAAACAAAACEAN+GsoE0AAABLAAAAHQAAAGdyZWV0aW5ncy0xLjAuZGlzdC1pbmZvL1dIRUVMC89ITc3RDUstKs7Mz7NSMNQz4HJPzUstSizJL7JSyEjMS+EKys8v0fUs1g0oLUrNyUyyUigpKk3lCklMt1IoqDTWzcvPS9VNzKvkAgBQSwMEFAAAAAgAAAAhAK0MmGD3AAAAYQEAAB4AAABncmVldGluZ3MtMS4wLmRpc3QtaW5mby9SRUNPUkR1zEtygjAAANC9ZwmaCCosukA+CpTiEBSmmwyiQloNkEQ0nr4r2258B3g1Px4lZbWYEEIZlYSMOwVEU05n87fVDp+U0nxcig6STTX4chW2F2Kp691JksC+h8YhT4Mtg8DUR/XvdWv5QfyLFhladtU0W6c1rxhsk/O+37kXm5+7y1fjx3XaqTL8RNioAJr/RRoaw/GBCqlRdmonsZfZrp3Zz9aSfONqmOYRt3ix1tBgbCNr+I5l+BBBI1hcoLnZf+iLG7DQyzZfe9778yz7YuXv4fbeXJWHFSatDzExoQWTOiK9MywDt6UZxDoEi9nLM/WcJHUBGP0AUEsBAhQDFAAAAAgAAAAhALoH3HBKAAAAUwAAABUAAAAAAAAAAAAAAKQBAAAAAGdyZWV0aW5ncy9fX2luaXRfXy5weVBLAQIUAxQAAAAIAAAAIQDvtBZiEgAAABAAAAASAAAAAAAAAAAAAACkAX0AAABncmVldGluZ3Mvd29yZHMucHlQSwECFAMUAAAACAAAACEAtQlJ+FQAAABbAAAAIAAAAAAAAAAAAAAApAG/AAAAZ3JlZXRpbmdzLTEuMC5kaXN0LWluZm8vTUVUQURBVEFQSwECFAMUAAAACAAAACEAN+GsoE0AAABLAAAAHQAAAAAAAAAAAAAApAFRAQAAZ3JlZXRpbmdzLTEuMC5kaXN0LWluZm8vV0hFRUxQSwECFAMUAAAACAAAACEArQyYYPcAAABhAQAAHgAAAAAAAAAAAAAApAHZAQAAZ3JlZXRpbmdzLTEuMC5kaXN0LWluZm8vUkVDT1JEUEsFBgAAAAAFAAUAaAEAAAwDAAAAAA==";
const SHA256 = "3e5048cdabbdbc2eb071355c4b4db715c6e987f5e68202c1c553a7272790679e";

const PYPROJECT = '[project]\r\nname = "greeter"   # ours\r\nversion = "1.4.0rc1"\r\n';
const SOURCE = `import greetings
from greeter.names import NAME


def lambda_handler(event, context):
    return greetings.greet(NAME)
`;
const PYLOCK = `lock-version = "1.0"
created-by = "hand"

[[packages]]
name = "greetings"
version = "1.0"
wheels = [{ path = "wheels/greetings-1.0-py3-none-any.whl", hashes = { sha256 = "${SHA256}" } }]
`;

let emulator: Emulator;
/** Where `npx` would have put the command: not in the repository. */
let elsewhere: string;
let repository: FunctionRepository;

beforeAll(async () => {
  emulator = await startEmulator();
  elsewhere = await mkdtemp(join(tmpdir(), "sluice-npx-"));
  await packPackages(elsewhere, ["sluice", "@sluice/core"]);
  repository = await createRepository({
    "pyproject.toml": PYPROJECT,
    "pylock.toml": PYLOCK,
    "src/greeter/__init__.py": "",
    "src/greeter/app.py": SOURCE,
    "src/greeter/names.py": 'NAME = "world"\n',
    "tests/test_app.py": "def lambda_handler(event, context): ...\n",
  });
  await mkdir(join(repository.path, "wheels"));
  await writeFile(
    join(repository.path, "wheels/greetings-1.0-py3-none-any.whl"),
    Buffer.from(WHEEL, "base64"),
  );
  const tarballs = (await readdir(elsewhere)).filter((file) => file.endsWith(".tgz"));
  await writeFile(join(elsewhere, "package.json"), "{}");
  const args = ["install", "--no-audit", "--no-fund", ...tarballs.map((file) => join(elsewhere, file))];
  const installed = await runNpm(elsewhere, args, jobEnvironment(repository.home));
  expect(installed.exitCode, installed.stderr).toBe(0);
}, 180_000);

afterAll(async () => {
  await emulator?.stop();
  await repository?.dispose();
  await rm(elsewhere, { recursive: true, force: true });
});

/** The command as `npx` runs it, with credentials for the embedded AWS, and with no package index. */
function sluice(...args: readonly string[]): Promise<Ran> {
  const env = jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
    PIP_INDEX_URL: "http://127.0.0.1:9/simple",
  });
  const bin = join(elsewhere, "node_modules/sluice/dist/bin.js");
  return runProcess(process.execPath, [bin, ...args], { cwd: repository.path, env });
}

const place = (): Place => ({ endpoint: emulator.endpoint, account: ACCOUNT, region: "eu-west-1" });
const HANDLER = "greeter.app.lambda_handler";

describe("a Python repository without a package.json", { timeout: 120_000 }, () => {
  it("gets its configuration into pyproject.toml, which keeps what it has", async () => {
    const made = await sluice("init", "--json");
    expect([made.exitCode, made.stderr]).toEqual([0, expect.not.stringContaining("package.json")]);
    expect(JSON.parse(made.stdout)).toMatchObject({
      file: join(repository.path, "pyproject.toml"),
      functions: { greeter: { entry: "src/greeter/app.py", handler: HANDLER } },
    });
    const text = await readFile(join(repository.path, "pyproject.toml"), "utf8");
    expect(text.startsWith(`${PYPROJECT}\r\n[tool.sluice.functions]\r\ngreeter = {`)).toBe(true);
    const again = await sluice("init", "--yes", "--json");
    expect([again.exitCode, JSON.parse(again.stdout).error.code]).toEqual([2, "SLUICE_CONFIG_EXISTS"]);
    await repository.commit("sluice init");
  });

  it("is built from its sources and locked wheels, with no resolver and no index", async () => {
    const built = await sluice("build", "--json", "--analyze", "--why", "greetings");
    expect([built.exitCode, built.stderr]).toEqual([0, expect.stringContaining("own code in greeter")]);
    const { artifacts, why } = JSON.parse(built.stdout);
    expect(artifacts).toMatchObject([{ function: "greeter", cached: false }]);
    expect(artifacts[0].analysis.parts).toContainEqual(
      expect.objectContaining({ kind: "wheel", name: "greetings", version: "1.0" }),
    );
    expect(why[0].reasons).toMatchObject([
      { name: "greetings@1.0", how: "wheel", chain: [{ file: "greeter/app.py" }, { file: "greetings@1.0" }] },
    ]);
    const manifest = JSON.parse(
      await readFile(join(repository.path, ".sluice/artifacts/greeter.manifest.json"), "utf8"),
    );
    expect(manifest).toMatchObject({ handler: HANDLER, runtime: "python3.13", packageVersion: "1.4.0-rc.1" });
    const paths = manifest.files.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(["greeter/app.py", "greeter/names.py", "greetings/words.py"]),
    );
    expect(paths.filter((path: string) => /test|toml|RECORD/.test(path))).toEqual([]);
    expect(JSON.parse((await sluice("build", "--json")).stdout).artifacts).toMatchObject([{ cached: true }]);
  });

  it("says what this machine has for it", async () => {
    const { stdout } = await sluice("doctor", "--json");
    const { findings } = JSON.parse(stdout) as { findings: { check: string; status: string }[] };
    const found = Object.fromEntries(findings.map(({ check, status }) => [check, status]));
    expect(found).toMatchObject({ configuration: "ok", "package index": "warning", environment: "ok" });
    expect(Object.keys(found)).toContain("Python 3.13");
    // Everything is locked.
    expect(Object.keys(found)).not.toContain("uv");
  });

  it("is refused for a function with another handler, and fits once the handler is corrected", async () => {
    await createStub(place(), "greeter-dev", { Runtime: "python3.13", Handler: "app.lambda_handler" });
    const refused = await sluice("deploy");
    const { exitCode, stderr } = refused;
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("SLUICE_HANDLER_MISMATCH")]);
    expect(stderr.replace(/\s+/g, " ")).toContain('Set handler: "app.lambda_handler" for "greeter"');
    const file = join(repository.path, "pyproject.toml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(HANDLER, "app.lambda_handler"));
    await repository.write("src/greeter/names.py", 'NAME = "Lambda"\n');
    await repository.commit("the handler that it has");
    const deployed = await sluice("deploy");
    expect([deployed.exitCode, deployed.stderr]).toEqual([0, expect.stringContaining("updated")]);
    expect(await invoke(place(), "greeter-dev")).toBe("Hello, Lambda");
  });
});
