import { readdir } from "node:fs/promises";
import { isSluiceError, type SluiceError } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dependencies } from "../dependencies.ts";
import type { PythonRun } from "../run.ts";
import { type ResolverScene, requirementsOf, startScene } from "../testing/resolver-scene.ts";
import { makeWheel } from "../testing/wheels.ts";
import { resolveDependencies } from "./resolve-dependencies.ts";

const TIMEOUT = 120_000;
const arm = "cp313-cp313-manylinux_2_28_aarch64";
const packages = [
  makeWheel({
    name: "app",
    metadata: [
      "Requires-Dist: native>=1",
      "Requires-Dist: six",
      "Requires-Dist: winonly; sys_platform == 'win32'",
    ],
  }),
  makeWheel({ name: "six" }),
  makeWheel({ name: "native", version: "1.0", tag: arm }),
  makeWheel({ name: "native", version: "1.0", tag: "cp313-cp313-manylinux_2_17_aarch64" }),
  makeWheel({ name: "native", version: "1.0", tag: "cp313-cp313-manylinux_2_17_x86_64" }),
  makeWheel({ name: "native", version: "2.0", tag: "cp313-cp313-win_amd64" }),
  makeWheel({ name: "winonly", tag: "cp313-cp313-win_amd64" }),
  makeWheel({ name: "old", version: "1.0", tag: "cp38-cp38-manylinux_2_17_aarch64" }),
  makeWheel({ name: "old", version: "2.0", tag: "cp313-cp313-manylinux_2_17_aarch64" }),
  { filename: "fromsource-1.0.tar.gz", bytes: Buffer.from("no archive") },
  makeWheel({ name: "wants-old-six", metadata: ["Requires-Dist: six<1"] }),
  makeWheel({ name: "boto3", metadata: ["Requires-Dist: botocore", "Requires-Dist: s3transfer"] }),
  makeWheel({ name: "s3transfer", metadata: ["Requires-Dist: botocore"] }),
  makeWheel({ name: "botocore", metadata: ["Requires-Dist: jmespath", "Requires-Dist: urllib3"] }),
  makeWheel({ name: "jmespath" }),
  makeWheel({ name: "glibc", version: "1.0", tag: "cp311-cp311-manylinux_2_17_aarch64" }),
  makeWheel({ name: "glibc", version: "2.0", tag: "cp311-cp311-manylinux_2_26_aarch64" }),
  makeWheel({ name: "glibc", version: "3.0", tag: "cp311-cp311-manylinux_2_28_aarch64" }),
  makeWheel({
    name: "markers",
    metadata: [
      "Requires-Dist: s3transfer; python_version < '3.13'",
      "Requires-Dist: jmespath; python_version >= '3.13'",
      "Requires-Dist: six; extra == 'more'",
      "Provides-Extra: more",
    ],
  }),
  makeWheel({ name: "urllib3" }),
  makeWheel({ name: "later", metadata: ["Requires-Python: >=3.13.2,!=3.13.3"] }),
  makeWheel({ name: "requests", metadata: ["Requires-Dist: urllib3"] }),
];

let scene: ResolverScene;
beforeAll(async () => {
  scene = await startScene({ packages });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

async function filenames(run: PythonRun, dependencies: Dependencies): Promise<string[]> {
  const { wheels } = await resolveDependencies(run, dependencies);
  return wheels.map(({ filename }) => filename);
}

async function refusal(
  run: PythonRun,
  dependencies: Dependencies,
): Promise<SluiceError["problems"][0] & { count: number }> {
  const error = await resolveDependencies(run, dependencies).then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  if (!isSluiceError(error)) throw error;
  return { ...error.problems[0], count: error.problems.length };
}

const INSTALLERS = ["uv", "pip"] as const;

describe.each(INSTALLERS)("requirements, resolved with %s", (installer) => {
  const start = (options: Parameters<ResolverScene["run"]>[0] = {}): ReturnType<ResolverScene["run"]> =>
    scene.run({
      ...options,
      env: { SLUICE_PYTHON_INSTALLER: installer, PIP_INDEX_URL: scene.index.url, ...options.env },
    });

  it("come to the best wheels of the target, with what they need there", { timeout: TIMEOUT }, async () => {
    const run = start();
    const { wheels, tools } = await resolveDependencies(run, requirementsOf(scene.root, "app\n"));
    expect(wheels.map(({ filename }) => filename)).toEqual([
      "app-1.0-py3-none-any.whl",
      `native-1.0-${arm}.whl`,
      "six-1.0-py3-none-any.whl",
    ]);
    expect(wheels[1]).toMatchObject({
      name: "native",
      version: "1.0",
      from: { url: scene.index.fileUrl(`native-1.0-${arm}.whl`) },
      sha256: packages[2] && "sha256" in packages[2] ? packages[2].sha256 : "",
    });
    expect(Object.keys(tools)).toEqual([installer]);
    const other = start({ architecture: "x86_64" });
    expect(await filenames(other, requirementsOf(scene.root, "app\n"))).toContain(
      "native-1.0-cp313-cp313-manylinux_2_17_x86_64.whl",
    );
  });

  // pip asks the Python that it runs in, too.
  it.skipIf(installer === "pip")(
    "may need a patch release that runtimes have",
    { timeout: TIMEOUT },
    async () => {
      expect(await filenames(start(), requirementsOf(scene.root, "later\n"))).toEqual([
        "later-1.0-py3-none-any.whl",
      ]);
    },
  );

  it("are refused with one clear error", { timeout: TIMEOUT }, async () => {
    const of = (text: string): ReturnType<typeof refusal> =>
      refusal(start(), requirementsOf(scene.root, text));
    expect(await of("no-such-thing\n")).toMatchObject({
      code: "SLUICE_PYTHON_PACKAGE_UNKNOWN",
      where: "requirements.txt",
      message: `There is no package no-such-thing in ${scene.index.url}.`,
    });
    expect(await of("six>=7\n")).toMatchObject({
      code: "SLUICE_PYTHON_VERSION_UNKNOWN",
      hint: "The newest that the index has: 1.0.",
    });
    expect(await of("six\nwants-old-six\n")).toMatchObject({ code: "SLUICE_PYTHON_CONFLICT" });
    const old = await of("old==1.0\n");
    expect(old.code).toBe("SLUICE_PYTHON_NO_WHEEL");
    expect(old.message).toMatch(
      /No wheel of old 1\.0 fits.*cp313.*manylinux_2_34_aarch64.*there are wheels for cp38 on manylinux_2_17_aarch64/,
    );
    expect(old.hint).toMatch(/Take version 2\.0/);
    expect((await of("fromsource\n")).message).toMatch(
      /fromsource( 1\.0)? is there as a source distribution only/,
    );
    expect((await of("winonly\n")).message).toMatch(/winonly( 1\.0)? is for Windows only/);
    expect(await of("what is this\n")).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENT_INVALID",
      where: "requirements.txt",
    });
  });

  it("leave out what is provided, with what only that needs", { timeout: TIMEOUT }, async () => {
    const names = async (text: string, provided: readonly string[], complete = false): Promise<string[]> => {
      const { wheels } = await resolveDependencies(
        start({ provided }),
        requirementsOf(scene.root, text, { complete }),
      );
      return wheels.map(({ name }) => name);
    };
    expect(await names("boto3\nrequests\n", [])).toHaveLength(6);
    expect(await names("boto3\nrequests\n", ["boto3"])).toEqual(["requests", "urllib3"]);
    const frozen = "boto3\nbotocore\njmespath\nrequests\ns3transfer\nsix\nurllib3\n";
    expect(await names(frozen, ["boto3"], true)).toEqual(["requests", "six", "urllib3"]);
    expect(await names("six\nnot-there\n", ["Not_There", "/opt/*"])).toEqual(["six"]);
  });

  it("are read for the target, not for this machine's Python", { timeout: TIMEOUT }, async () => {
    const text =
      "markers\nsix; python_version < '3.13'\nurllib3; python_version >= '3.13' and platform_machine == 'aarch64'\n";
    expect(await filenames(start(), requirementsOf(scene.root, text))).toEqual([
      "jmespath-1.0-py3-none-any.whl",
      "markers-1.0-py3-none-any.whl",
      "urllib3-1.0-py3-none-any.whl",
    ]);
  });

  it("come to wheels for Amazon Linux 2, whose glibc uv does not know", { timeout: TIMEOUT }, async () => {
    const on = (text: string): Promise<string[]> =>
      filenames(start({ runtime: "python3.11" }), requirementsOf(scene.root, text));
    expect(await on("glibc\nsix\n")).toEqual([
      "glibc-2.0-cp311-cp311-manylinux_2_26_aarch64.whl",
      "six-1.0-py3-none-any.whl",
    ]);
    expect(await on("glibc==1.0\n")).toEqual(["glibc-1.0-cp311-cp311-manylinux_2_17_aarch64.whl"]);
    expect(await on("glibc>2\n").catch((error: SluiceError) => error.code)).toBe("SLUICE_PYTHON_NO_WHEEL");
  });

  it("hold packages to their hashes", { timeout: TIMEOUT }, async () => {
    const six = packages.find(({ filename }) => filename.startsWith("six"));
    const sum = six !== undefined && "sha256" in six ? six.sha256 : "";
    const resolved = (hashes: [string, string[]][], requireHashes = true): Promise<unknown> => {
      const lines = hashes.map(([name, sums]) =>
        [name, ...sums.map((one) => `--hash=sha256:${one}`)].join(" "),
      );
      const request = { hashes: new Map(hashes), requireHashes, complete: true };
      const text = installer === "pip" ? hashes.map(([name]) => name).join("\n") : lines.join("\n");
      return filenames(start(), requirementsOf(scene.root, text, request)).catch(
        (error: SluiceError) => error.code,
      );
    };
    expect(await resolved([["six", [sum]]])).toEqual(["six-1.0-py3-none-any.whl"]);
    expect(await resolved([["six", ["0".repeat(64)]]])).toBe("SLUICE_PYTHON_HASH_NOT_ALLOWED");
  });

  it("take wheels of the repository's own folders", { timeout: TIMEOUT }, async () => {
    const own = makeWheel({ name: "own-package", version: "3.0" });
    const path = await scene.write(`own/${own.filename}`, own.bytes);
    const { wheels } = await resolveDependencies(
      start({ findLinks: ["own"] }),
      requirementsOf(scene.root, "own-package\n"),
    );
    expect(wheels).toMatchObject([{ name: "own-package", from: { path }, sha256: own.sha256 }]);
    const direct = await resolveDependencies(start(), requirementsOf(scene.root, `./own/${own.filename}\n`));
    expect(direct.wheels).toMatchObject([{ name: "own-package", from: { path }, sha256: own.sha256 }]);
  });
});

it("leaves no temporary file behind", async () => {
  const left = await readdir(scene.root);
  expect(left.filter((name) => name.startsWith("sluice-python-"))).toEqual([]);
});
