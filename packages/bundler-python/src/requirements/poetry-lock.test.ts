import { describe, expect, it } from "vitest";
import {
  POETRY_1_8_LOCK,
  POETRY_1_LOCK,
  POETRY_1_PROJECT,
  POETRY_2_LOCK,
  POETRY_2_PROJECT,
} from "../testing/poetry-locks.ts";
import { type Case, dependenciesIn, linesOf, problemIn } from "../testing/requirements.ts";

const FORMATS = {
  "1.1": { "pyproject.toml": POETRY_1_PROJECT, "poetry.lock": POETRY_1_LOCK },
  "2.0": { "pyproject.toml": POETRY_2_PROJECT, "poetry.lock": POETRY_1_8_LOCK },
  "2.1": { "pyproject.toml": POETRY_2_PROJECT, "poetry.lock": POETRY_2_LOCK },
};

async function packagesIn(files: Readonly<Record<string, string>>, options: Case = {}): Promise<string[]> {
  return linesOf(await dependenciesIn(files, options)).map((line) => line.split(" --hash")[0] ?? "");
}

describe.each(Object.entries(FORMATS))("a poetry.lock of format %s", (format, files) => {
  const urllib3 = format === "2.1" ? "urllib3==2.8.0" : "urllib3==2.6.3";

  it("gives the main group, with the extras that it asks for, for the runtime's Python", async () => {
    expect(await packagesIn(files)).toEqual(["pysocks==1.7.1", "tomli==2.5.0", urllib3]);
    expect(await packagesIn(files, { runtime: "python3.10" })).toEqual([
      "pysocks==1.7.1",
      "tomli==2.0.1",
      "urllib3==2.6.3",
    ]);
  });

  it("adds groups and extras that are named, and nothing that only Windows needs", async () => {
    const group = format === "1.1" ? "dev" : "report";
    expect(await packagesIn(files, { groups: [group], extras: ["progress"] })).toEqual([
      "pysocks==1.7.1",
      "six==1.17.0",
      "tomli==2.5.0",
      "tqdm==4.70.1",
      urllib3,
    ]);
  });

  it("fixes everything, with the sums that are locked", async () => {
    const found = await dependenciesIn(files);
    expect(found).toMatchObject({ kind: "poetry", label: "poetry.lock", unpinned: [] });
    expect(found?.files).toEqual(["/poetry.lock", "/pyproject.toml"]);
    expect(found?.request).toMatchObject({
      type: "requirements",
      complete: true,
      inputs: [],
      requireHashes: true,
    });
    expect(linesOf(found)[0]).toBe(
      "pysocks==1.7.1 --hash=sha256:08e69f092cc6dbe92a0fdd16eeb9b9ffbc13cadfe5ca4c7bd92ffb078b293299",
    );
  });

  it("refuses to go on when the project asks for something else now", async () => {
    const changed = files["pyproject.toml"].replace('"^2.0"', '"^2.1"');
    expect(await problemIn({ ...files, "pyproject.toml": changed })).toMatchObject({
      code: "SLUICE_PYTHON_LOCK_STALE",
      where: "poetry.lock",
      hint: expect.stringContaining("poetry lock"),
    });
    const renamed = files["pyproject.toml"].replace('description = ""', 'description = "Größe"');
    expect(await packagesIn({ ...files, "pyproject.toml": renamed })).toHaveLength(3);
  });

  it("names the groups and extras that there are", async () => {
    expect(await problemIn(files, { groups: ["reports"] })).toMatchObject({
      code: "SLUICE_PYTHON_GROUP_UNKNOWN",
      where: "functions.orders.python.groups",
      hint: format === "1.1" ? "It has dev." : "It has report.",
    });
    expect(await problemIn(files, { extras: ["fast"] })).toMatchObject({
      code: "SLUICE_PYTHON_EXTRA_UNKNOWN",
      hint: "It has progress.",
    });
  });

  it("refuses a runtime that the lock leaves out", async () => {
    const lock = files["poetry.lock"].replace('python-versions = ">=3.9,<4.0"', 'python-versions = "~3.11"');
    expect(await problemIn({ ...files, "poetry.lock": lock })).toMatchObject({
      code: "SLUICE_PYTHON_LOCK_OTHER_PYTHON",
      message: "The lockfile was made for Python ~3.11, and the function's runtime is python3.13.",
    });
  });
});

/** In the format of Poetry 2.5, written by hand. */
const SOURCES = `
[[package]]
name = "shared"
version = "1.0.0"
optional = false
python-versions = ">=3.9"
groups = ["main"]
files = []
develop = true

[package.source]
type = "directory"
url = "libs/shared"

[[package]]
name = "private"
version = "1.0"
optional = false
python-versions = "*"
groups = ["main", "dev"]
markers = {dev = "sys_platform == 'win32'"}
files = [{file = "private-1.0-py3-none-any.whl", hash = "sha256:${"a".repeat(64)}"}]

[package.source]
type = "legacy"
url = "https://pypi.example.com/simple"
reference = "acme-internal"

[[package]]
name = "tool"
version = "2.0"
optional = false
python-versions = "*"
groups = ["main"]
files = []
develop = false

[package.source]
type = "git"
url = "git@github.com:acme/tool.git"
reference = "main"
resolved_reference = "0123456789012345678901234567890123456789"
subdirectory = "python"

[metadata]
lock-version = "2.1"
python-versions = ">=3.9"
`;
const SHARED = { "libs/shared/pyproject.toml": '[project]\nname = "shared"\nversion = "1.0.0"\n' };

describe("where the packages of a poetry.lock come from", () => {
  it("keeps folders, commits and indexes", async () => {
    const found = await dependenciesIn({ "poetry.lock": SOURCES, ...SHARED });
    expect(linesOf(found)).toEqual([
      "--index-url https://pypi.example.com/simple",
      "private==1.0",
      "shared @ file:///libs/shared",
      "tool @ git+ssh://git@github.com/acme/tool.git@0123456789012345678901234567890123456789#subdirectory=python",
    ]);
    expect(found?.files).toContain("/libs/shared/pyproject.toml");
    expect(found?.request).toMatchObject({ requireHashes: false });
  });

  it("takes credentials from where Poetry does, and keeps them from being printed", async () => {
    const found = await dependenciesIn(
      { "poetry.lock": SOURCES, ...SHARED },
      {
        env: {
          POETRY_HTTP_BASIC_ACME_INTERNAL_USERNAME: "ci",
          POETRY_HTTP_BASIC_ACME_INTERNAL_PASSWORD: "pa/ss",
        },
      },
    );
    expect(found?.indexes).toEqual(["https://ci:pa%2Fss@pypi.example.com/simple"]);
    expect(found?.secrets).toEqual(["pa%2Fss", "pa/ss"]);
  });

  it("names a folder that is not there", async () => {
    expect(await problemIn({ "poetry.lock": SOURCES })).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENT_PATH",
      where: "poetry.lock: shared",
    });
  });
});

describe("a poetry.lock that cannot be used", () => {
  it("is told by its line when it does not parse, without showing it", async () => {
    const problem = await problemIn({ "poetry.lock": '[metadata]\nurl = "https://u:secret@x" oops\n' });
    expect(problem).toMatchObject({ code: "SLUICE_PYTHON_LOCK_INVALID", where: "poetry.lock:2:28" });
    expect(JSON.stringify(problem)).not.toContain("secret");
  });

  it("is told when a merge was left half-done", async () => {
    const lock = `<<<<<<< HEAD\n${SOURCES}`;
    expect((await problemIn({ "poetry.lock": lock })).message).toContain("markers of a merge conflict");
  });

  it("is told when its format is another", async () => {
    const lock = SOURCES.replace('"2.1"', '"3.0"');
    expect(await problemIn({ "poetry.lock": lock })).toMatchObject({
      code: "SLUICE_PYTHON_LOCK_UNSUPPORTED",
      message: expect.stringContaining("3.0"),
    });
  });

  it("is told when it lacks what a package needs", async () => {
    const lock = POETRY_1_8_LOCK.replace(/\[\[package\]\]\nname = "pysocks"[\s\S]*?(?=\[\[package\]\])/, "");
    const files = { "pyproject.toml": POETRY_2_PROJECT, "poetry.lock": lock };
    expect(linesOf(await dependenciesIn(files))).toHaveLength(2);
    const without = POETRY_1_8_LOCK.replace(/\[\[package\]\]\nname = "urllib3"[\s\S]*?(?=\[extras\])/, "");
    expect((await problemIn({ ...files, "poetry.lock": without })).message).toContain(
      "pyproject.toml needs urllib3, which it does not hold",
    );
  });
});
