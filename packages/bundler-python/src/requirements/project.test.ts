import { describe, expect, it } from "vitest";
import { type Case, dependenciesIn, linesOf, problemIn } from "../testing/requirements.ts";

const PROJECT = `[project]
name = "Orders"
version = "1.0"
dependencies = ["requests[socks]>=2.31", "six==1.17.0", "old ; python_version < '3.9'"]

[project.optional-dependencies]
fast = ["orjson"]
all = ["orders[fast]", "tqdm"]

[dependency-groups]
Test_Tools = ["pytest", {include-group = "lint"}]
lint = ["ruff"]
`;

function inProject(text: string, options: Case = {}, more: Readonly<Record<string, string>> = {}) {
  return dependenciesIn({ "pyproject.toml": text, ...more }, options);
}

describe("pyproject.toml", () => {
  it("is given to the resolver as it is, with what it comes to", async () => {
    const found = await inProject(PROJECT, { extras: ["all"], groups: ["test-tools"] });
    expect(found).toMatchObject({ kind: "pyproject", label: "pyproject.toml", folder: "" });
    expect(linesOf(found)).toEqual([
      "requests[socks]>=2.31",
      "six==1.17.0",
      "old ; python_version < '3.9'",
      "orjson",
      "tqdm",
      "pytest",
      "ruff",
    ]);
    expect(found?.unpinned).toEqual(["orjson", "pytest", "requests", "ruff", "tqdm"]);
    expect(found?.request).toMatchObject({
      inputs: ["/pyproject.toml"],
      extras: ["all"],
      groups: ["test-tools"],
      complete: false,
    });
  });

  it("names the extras and groups that there are", async () => {
    expect(await problemIn({ "pyproject.toml": PROJECT }, { extras: ["slow"] })).toMatchObject({
      code: "SLUICE_PYTHON_EXTRA_UNKNOWN",
      hint: "It has all, fast.",
    });
    expect(await problemIn({ "pyproject.toml": PROJECT }, { groups: ["tests"] })).toMatchObject({
      code: "SLUICE_PYTHON_GROUP_UNKNOWN",
      hint: "It has lint, test-tools.",
    });
  });

  it("shows the circle that groups make, and a group that is not there", async () => {
    const circle = PROJECT.replace('"ruff"', '{include-group = "test.tools"}');
    expect(await problemIn({ "pyproject.toml": circle }, { groups: ["lint"] })).toMatchObject({
      code: "SLUICE_PYTHON_GROUPS_CIRCULAR",
      message: expect.stringContaining("lint → test-tools → lint"),
    });
    const gone = PROJECT.replace('"ruff"', '{include-group = "gone"}');
    expect(await problemIn({ "pyproject.toml": gone }, { groups: ["lint"] })).toMatchObject({
      code: "SLUICE_PYTHON_PROJECT_INVALID",
      message: expect.stringContaining("the group lint includes gone"),
    });
  });

  it("may hold groups alone", async () => {
    const found = await inProject('[dependency-groups]\nlambda = ["six"]\n', { groups: ["lambda"] });
    expect(linesOf(found)).toEqual(["six"]);
    expect(found?.request).toMatchObject({ inputs: [], groups: [] });
  });

  it("may name files of requirements for setuptools", async () => {
    const text = `[project]
name = "orders"
dynamic = ["dependencies", "optional-dependencies"]
[tool.setuptools.dynamic]
dependencies = {file = ["base.txt", "more.txt"]}
optional-dependencies.fast = {file = "fast.txt"}
`;
    const files = { "base.txt": "six==1.17.0\n", "more.txt": "# none\ntqdm\n", "fast.txt": "orjson\n" };
    const found = await inProject(text, { extras: ["fast"] }, files);
    expect(linesOf(found)).toEqual(["six==1.17.0", "tqdm", "orjson"]);
    expect(found?.request).toMatchObject({ inputs: [], extras: [] });
    expect(found?.files).toEqual(["/base.txt", "/fast.txt", "/more.txt", "/pyproject.toml"]);
    expect(await problemIn({ "pyproject.toml": text })).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENTS_NOT_FOUND",
      message: expect.stringContaining("[tool.setuptools.dynamic]"),
    });
  });

  it("takes packages from where [tool.uv.sources] says", async () => {
    const text = `[project]
name = "orders"
dependencies = ["shared>=1", "billing", "tool ; python_version > '3'", "direct", "split", "six"]
[tool.uv.sources]
Shared = { path = "../libs/shared", editable = true }
billing = { workspace = true }
tool = { git = "https://git.example/tool", tag = "v1", subdirectory = "python" }
direct = { url = "https://x.example/direct-1-py3-none-any.whl" }
split = [{ path = "../libs/shared", marker = "sys_platform == 'linux'" }, { index = "x" }]
six = { index = "private" }
[[tool.uv.index]]
name = "private"
url = "https://u:hunter22@pypi.example.com/simple"
`;
    const found = await dependenciesIn(
      {
        "pyproject.toml":
          '[tool.uv.workspace]\nmembers = ["functions/*", "app"]\nexclude = ["functions/old"]\n',
        "app/pyproject.toml": text,
        "functions/billing/pyproject.toml": '[project]\nname = "Billing"\n',
        "functions/old/pyproject.toml": "broken [",
        "libs/shared/pyproject.toml": '[project]\nname = "shared"\n',
      },
      { entry: "app" },
    );
    expect(linesOf(found)).toEqual([
      "--extra-index-url https://u:hunter22@pypi.example.com/simple",
      "shared @ file:///libs/shared",
      "billing @ file:///functions/billing",
      "tool @ git+https://git.example/tool@v1#subdirectory=python ; (python_version > '3')",
      "direct @ https://x.example/direct-1-py3-none-any.whl",
      "split @ file:///libs/shared ; (sys_platform == 'linux')",
      "six",
    ]);
    expect(found?.request).toMatchObject({ inputs: ["/app/pyproject.toml"] });
    expect(found?.files).toContain("/libs/shared/pyproject.toml");
    expect(found?.secrets).toEqual(["hunter22"]);
  });

  it("understands what PDM has of its own", async () => {
    const text = `[project]
name = "orders"
dependencies = ["six"]
[tool.pdm.dev-dependencies]
test = ["-e file:///\${PROJECT_ROOT}/shared#egg=shared"]
[[tool.pdm.source]]
name = "other"
url = "https://other.example/simple"
[[tool.pdm.source]]
name = "pypi"
url = "https://\${USER_NAME}:x@pypi.example/simple"
`;
    const files = { "shared/setup.py": "", "pdm.lock": "" };
    const found = await inProject(text, { groups: ["test"], env: { USER_NAME: "ci" } }, files);
    expect(linesOf(found)).toEqual([
      "--index-url https://ci:x@pypi.example/simple",
      "--extra-index-url https://other.example/simple",
      "six",
      "/shared",
    ]);
    expect(found?.request).toMatchObject({ inputs: [] });
    expect(found?.notices).toEqual([expect.stringContaining("pdm export --format pylock")]);
  });

  it("of Poetry's own kind needs its lockfile", async () => {
    const text = '[tool.poetry.dependencies]\npython = "^3.12"\nsix = "^1.16"\n';
    for (const options of [{}, { requirements: ["pyproject.toml"] }])
      expect(await problemIn({ "pyproject.toml": text }, options)).toMatchObject({
        code: "SLUICE_PYTHON_LOCK_MISSING",
        hint: expect.stringContaining("poetry lock"),
      });
  });

  it.each([
    ["[project\n", "pyproject.toml:1:9"],
    ['[project]\ndependencies = "six"\n', "pyproject.toml"],
    ["[project]\ndependencies = [1]\n", "pyproject.toml"],
    ["[dependency-groups]\na = [{group = 1}]\n", "pyproject.toml"],
    ['[project]\noptional-dependencies = ["x"]\n', "pyproject.toml"],
  ])("that is %j is refused", async (text, where) => {
    expect(await problemIn({ "pyproject.toml": text })).toMatchObject({
      code: "SLUICE_PYTHON_PROJECT_INVALID",
      where,
    });
  });

  it("names a requirement that is none", async () => {
    const text = '[project]\nname = "x"\ndependencies = ["six=1"]\n';
    expect(await problemIn({ "pyproject.toml": text })).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENT_INVALID",
      where: "pyproject.toml",
    });
  });

  it("whose dependencies only its build backend knows is left to the resolver", async () => {
    const text = '[project]\nname = "x"\ndynamic = ["dependencies", "optional-dependencies"]\n';
    expect((await inProject(text, { extras: ["fast"] }))?.request).toMatchObject({
      text: null,
      inputs: ["/pyproject.toml"],
      extras: ["fast"],
      complete: false,
    });
  });

  it("that is broken does no harm beside something stronger", async () => {
    expect(await inProject("[project", {}, { "requirements.txt": "six\n" })).toMatchObject({
      kind: "requirements",
    });
  });
});
