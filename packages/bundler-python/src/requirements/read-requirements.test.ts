import { describe, expect, it } from "vitest";
import { dependenciesIn, linesOf, problemIn } from "../testing/requirements.ts";

const SUM = "a".repeat(64);
const OTHER = "b".repeat(64);
const PROJECT = '[project]\nname = "shared"\nversion = "1"\n';

function textOf(text: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { "requirements.txt": text, ...more };
}

describe("requirements.txt", () => {
  it("is given to the resolver as it is, with what it comes to", async () => {
    const found = await dependenciesIn(
      textOf("-r base.txt\n-c limits/constraints.txt\nSix==1.17.0\ntqdm\nold<1 ; python_version < '3.8'\n", {
        "base.txt": "requests>=2\n",
        "limits/constraints.txt": "-r more.txt\nrequests==2.32.5\n",
        "limits/more.txt": "attrs\n",
      }),
    );
    expect(found).toMatchObject({ kind: "requirements", label: "requirements.txt", folder: "" });
    expect(found?.unpinned).toEqual(["attrs", "tqdm"]);
    expect(found?.files).toEqual([
      "/base.txt",
      "/limits/constraints.txt",
      "/limits/more.txt",
      "/requirements.txt",
    ]);
    expect(found?.request).toMatchObject({
      inputs: ["/requirements.txt"],
      complete: false,
      requireHashes: false,
    });
  });

  it("tells options apart, and keeps secrets", async () => {
    const found = await dependenciesIn(
      textOf(
        `--index-url https://ci:\${PYPI_PASSWORD}@pypi.example.com/simple\n--extra-index-url https://t0ken@other.example/\n` +
          "--trusted-host pypi.example.com\n--pre\n--find-links wheels\nsix\n",
        { "wheels/six-1-py3-none-any.whl": "" },
      ),
      { env: { PYPI_PASSWORD: "hunter22" } },
    );
    expect(found?.indexes).toEqual([
      "https://ci:hunter22@pypi.example.com/simple",
      "https://t0ken@other.example/",
    ]);
    expect(found?.secrets).toEqual(["hunter22", "t0ken"]);
    expect(found?.request).toMatchObject({ prereleases: true, trustedHosts: ["pypi.example.com"] });
    expect(found?.files).toContain("/wheels/six-1-py3-none-any.whl");
    expect(linesOf(found)).toContain("--find-links /wheels");
  });

  it("collects sums, and demands them where all have one", async () => {
    const hashed = `six==1.17.0 \\\n    --hash=sha256:${SUM} \\\n    --hash=sha256:${OTHER}\n`;
    const all = await dependenciesIn(textOf(hashed));
    expect(all?.request).toMatchObject({ requireHashes: true, hashes: new Map([["six", [SUM, OTHER]]]) });
    expect(linesOf(all)).toEqual([`six==1.17.0 --hash=sha256:${SUM} --hash=sha256:${OTHER}`]);
    const some = await dependenciesIn(textOf(`${hashed}tqdm\n`));
    expect(some?.request).toMatchObject({ requireHashes: false, hashes: new Map([["six", [SUM, OTHER]]]) });
    expect(await problemIn(textOf(`--require-hashes\n${hashed}tqdm==4\n`))).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENT_INVALID",
      where: "requirements.txt:5",
      hint: expect.stringContaining("--require-hashes"),
    });
  });

  it("finds folders and wheels of the repository, from the file or from the root", async () => {
    const files = {
      "requirements.txt": "",
      "fn/requirements.txt":
        "-e ./shared[fast]\nother @ file:other ; python_version > '3'\nwheels/x-1-py3-none-any.whl\n",
      "fn/shared/pyproject.toml": PROJECT,
      "fn/shared/sub/x.py": "",
      "fn/other/setup.py": "",
      "fn/wheels/x-1-py3-none-any.whl": "",
    };
    const found = await dependenciesIn(files, { entry: "fn" });
    expect(linesOf(found)).toEqual([
      "/fn/shared[fast]",
      "other @ file:///fn/other ; python_version > '3'",
      "/fn/wheels/x-1-py3-none-any.whl",
    ]);
    expect(found?.files).toEqual(
      expect.arrayContaining([
        "/fn/shared/pyproject.toml",
        "/fn/other/setup.py",
        "/fn/wheels/x-1-py3-none-any.whl",
      ]),
    );
    expect(found?.request).toMatchObject({ inputs: ["/fn/requirements.txt"] });
    const fromRoot = await dependenciesIn(
      { "fn/requirements.txt": "./libs/shared\n", "libs/shared/pyproject.toml": PROJECT },
      { entry: "fn" },
    );
    expect(linesOf(fromRoot)).toEqual(["/libs/shared"]);
    expect(fromRoot?.request).toMatchObject({ inputs: [] });
  });

  it("gives addresses on", async () => {
    const lines = [
      `https://x.example/six-1.0-py3-none-any.whl#sha256=${SUM}`,
      "-e git+https://x.example/tool.git@main#egg=Tool",
      "git+https://x.example/none.git",
    ];
    const found = await dependenciesIn(textOf(lines.join("\n")));
    expect(found?.unpinned).toEqual(["none.git", "tool"]);
    expect(found?.request).toMatchObject({ hashes: new Map([["six", [SUM]]]) });
  });

  it("is not given as it is where its encoding, --no-binary or a path would mislead", async () => {
    const found = await dependenciesIn(textOf("--no-binary psycopg2\n# -*- no coding\npsycopg2==2.9\n"));
    expect(found?.request).toMatchObject({ inputs: [], text: "psycopg2==2.9\n" });
    expect(found?.notices).toEqual([
      "requirements.txt:1: --no-binary psycopg2 is not followed: only wheels can be packed.",
    ]);
    const latin = Buffer.from("# coding: latin-1 Gr\xf6\xdfe\nsix\n", "latin1");
    expect((await dependenciesIn({ "requirements.txt": latin }))?.request).toMatchObject({
      inputs: [],
      text: "six\n",
    });
  });

  // What uv 0.13 refuses, and pip takes.
  it.each([
    ["-rbase.txt\n", "six\n"],
    ["-r 'base.txt'\n", "six\n"],
    ["--pypi-url https://x.example --pre\n", "--index-url https://x.example\n"],
    ["--use-wheel\nsix\n", "six\n"],
    ["six --config-settings x=y\n", "six\n"],
    [`six==1 \\\n  # why\n`, "six==1\n"],
    ["--find-links gone\nsix\n", "six\n"],
  ])("%j is given in other words", async (text, words) => {
    const found = await dependenciesIn(textOf(text, { "base.txt": "six\n" }));
    expect(found?.request).toMatchObject({ inputs: [], text: words });
  });

  it("may be empty: then nothing is left to resolve", async () => {
    expect((await dependenciesIn(textOf("# none\n")))?.request).toMatchObject({ text: "", complete: true });
  });

  it("may be several", async () => {
    const files = { "a.txt": "six\n", "b/c.in": "./x\n", "b/x/setup.py": "", x: "" };
    const found = await dependenciesIn(files, { requirements: ["a.txt", "b/c.in"] });
    expect(found).toMatchObject({ label: "a.txt, b/c.in", folder: "" });
    expect(linesOf(found)).toEqual(["six", "/x"]);
  });
});

describe("a requirements file that is wrong", () => {
  it.each([
    ["six\nnumpy=1.0\n", "requirements.txt:2", "numpy==1.0"],
    ["numpy 1.0\n", "requirements.txt:1", "name==version"],
    ["=======\nsix\n", "requirements.txt:1", "merge conflict"],
    ["--frobnicate\n", "requirements.txt:1", "one requirement a line"],
    ["six \\\n  --frobnicate\n", "requirements.txt:1", "one requirement a line"],
    ["six==1.0 tqdm\n", "requirements.txt:1", "one requirement a line"],
  ])("%j is told with its line", async (text, where, hint) => {
    expect(await problemIn(textOf(text))).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENT_INVALID",
      where,
      hint: expect.stringContaining(hint),
    });
  });

  it("is told by the file that includes it", async () => {
    expect(await problemIn(textOf("\n-r base.txt\n"))).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENTS_NOT_FOUND",
      where: "requirements.txt:2",
      message: "The line `-r base.txt` names base.txt, which does not exist.",
    });
    expect(await problemIn({}, { requirements: ["nowhere.txt"] })).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENTS_NOT_FOUND",
      where: "functions.orders.python.requirements",
    });
  });

  it("shows the circle that files make", async () => {
    const files = textOf("-r a.txt\n", { "a.txt": "-r sub/b.txt\n", "sub/b.txt": "-c ../a.txt\n" });
    expect(await problemIn(files)).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENTS_CIRCULAR",
      where: "sub/b.txt:1",
      message: expect.stringContaining("a.txt → sub/b.txt → a.txt"),
    });
    const twice = textOf("-r a.txt\n-r a.txt\n", { "a.txt": "six\n" });
    expect((await dependenciesIn(twice))?.unpinned).toEqual(["six"]);
  });

  it("names a variable that is not set, and a path that is not there", async () => {
    expect(await problemIn(textOf(`-i https://\${TOKEN}@x.example\n`))).toMatchObject({
      code: "SLUICE_PYTHON_VARIABLE_MISSING",
      where: "requirements.txt:1",
      message: expect.stringContaining("TOKEN"),
    });
    for (const line of [
      "./gone",
      "numpy @ file:///croot/numpy_1701/work",
      "gone-1.0-py3-none-any.whl",
      "libs/gone",
    ])
      expect(await problemIn(textOf(`${line}\n`))).toMatchObject({ code: "SLUICE_PYTHON_REQUIREMENT_PATH" });
  });

  it("tells a folder that is no project from one that is not there", async () => {
    expect((await problemIn(textOf("-e .\n"))).message).toContain("has neither pyproject.toml nor setup.py");
  });

  it("never shows a password", async () => {
    const problem = await problemIn(textOf("--index-urll https://user:hunter2@x.example\n"));
    expect(problem.message).toContain("https://x.example");
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });

  it("has neither groups nor extras", async () => {
    expect(await problemIn(textOf("six"), { groups: ["dev"] })).toMatchObject({
      code: "SLUICE_PYTHON_GROUP_UNKNOWN",
    });
    expect(await problemIn(textOf("six"), { extras: ["x"] })).toMatchObject({
      code: "SLUICE_PYTHON_EXTRA_UNKNOWN",
    });
  });

  it("is told when it cannot be decoded", async () => {
    expect(await problemIn({ "requirements.txt": Buffer.from([0x61, 0xff]) })).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENTS_UNREADABLE",
      where: "requirements.txt",
    });
  });
});
