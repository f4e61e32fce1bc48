import { describe, expect, it } from "vitest";
import { dependenciesIn, problemIn } from "../testing/requirements.ts";

const PROJECT = `[project]
name = "My.App"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["Requests[Socks] < 3, >= 2.31", "six == 1.*", "billing", "urllib3<3", "urllib3>=1.27; sys_platform=='linux'"]
[project.optional-dependencies]
Fast_X = ["tqdm", "My.App[slow]"]
slow = ["iniconfig"]
[dependency-groups]
Dev_G = ["iniconfig>=2,<3"]
all = [{include-group="Dev_G"}, "six"]
[tool.uv]
dev-dependencies = ["colorama"]
[tool.uv.workspace]
members = ["functions/*"]
[tool.uv.sources]
billing = { workspace = true }
`;
const BILLING =
  '[project]\nname = "Billing"\nversion = "0.1.0"\ndependencies = ["certifi ; python_version >= \'3.11\'", "six~=1.16"]\n';

/** As uv 0.13 locked them; packages of the index are left out. */
const LOCK = `version = 1
revision = 5
requires-python = ">=3.11"

[manifest]
members = [
    "billing",
    "my-app",
]

[[package]]
name = "billing"
version = "0.1.0"
source = { virtual = "functions/billing" }
dependencies = [
    { name = "certifi" },
    { name = "six" },
]

[package.metadata]
requires-dist = [
    { name = "certifi", marker = "python_full_version >= '3.11'" },
    { name = "six", specifier = "~=1.16" },
]

[[package]]
name = "my-app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "billing" },
    { name = "requests", extra = ["socks"] },
    { name = "six" },
    { name = "urllib3" },
]

[package.optional-dependencies]
fast-x = [
    { name = "iniconfig" },
    { name = "tqdm" },
]
slow = [
    { name = "iniconfig" },
]

[package.dev-dependencies]
all = [
    { name = "iniconfig" },
    { name = "six" },
]
dev = [
    { name = "colorama" },
]
dev-g = [
    { name = "iniconfig" },
]

[package.metadata]
requires-dist = [
    { name = "billing", virtual = "functions/billing" },
    { name = "iniconfig", marker = "extra == 'slow'" },
    { name = "my-app", extras = ["slow"], marker = "extra == 'fast-x'" },
    { name = "requests", extras = ["socks"], specifier = ">=2.31,<3" },
    { name = "six", specifier = "==1.*" },
    { name = "tqdm", marker = "extra == 'fast-x'" },
    { name = "urllib3", specifier = "<3" },
    { name = "urllib3", marker = "sys_platform == 'linux'", specifier = ">=1.27" },
]
provides-extras = ["fast-x", "slow"]

[package.metadata.requires-dev]
all = [
    { name = "iniconfig", specifier = ">=2,<3" },
    { name = "six" },
]
dev = [{ name = "colorama" }]
dev-g = [{ name = "iniconfig", specifier = ">=2,<3" }]
`;

const FILES = { "pyproject.toml": PROJECT, "uv.lock": LOCK, "functions/billing/pyproject.toml": BILLING };

describe("a uv.lock", () => {
  it("is given to uv, with the extras and groups that are named", async () => {
    const found = await dependenciesIn(FILES, { extras: ["fast_x"], groups: ["dev-g", "dev", "all"] });
    expect(found).toMatchObject({
      kind: "uv",
      label: "uv.lock",
      folder: "",
      request: { type: "uv", extras: ["fast_x"], groups: ["dev-g", "dev", "all"], member: null },
    });
    expect(found?.files).toEqual(["/functions/billing/pyproject.toml", "/pyproject.toml", "/uv.lock"]);
  });

  it("stands above the members of its workspace, even where they have a requirements.txt", async () => {
    const files = {
      ...FILES,
      "functions/billing/src/x.py": "",
      "functions/billing/requirements.txt": "six\n",
    };
    const found = await dependenciesIn(files, { entry: "functions/billing/src" });
    expect(found).toMatchObject({ label: "uv.lock", folder: "", request: { type: "uv", member: "billing" } });
    expect(found?.notices).toEqual([expect.stringContaining("requirements.txt beside it is not read")]);
  });

  it("is found above the configuration, and by its name", async () => {
    const inside = { root: "functions/billing", entry: "functions/billing" };
    expect(await dependenciesIn(FILES, inside)).toMatchObject({
      label: "../../uv.lock",
      request: { member: "billing" },
    });
    const named = { entry: "functions/billing", requirements: ["uv.lock"] };
    expect(await dependenciesIn(FILES, named)).toMatchObject({ folder: "", request: { member: "billing" } });
  });

  it("does not stand above what the workspace leaves out", async () => {
    const files = { ...FILES, "tools/pyproject.toml": '[project]\nname = "tools"\ndependencies = []\n' };
    expect(await dependenciesIn(files, { entry: "tools" })).toMatchObject({ kind: "pyproject" });
  });

  it.each([
    ["urllib3<3", 'urllib3<3", "attrs', "it does not hold attrs."],
    ["six == 1.*", "idna", "it does not hold idna."],
    [">= 2.31", ">= 2.32", "requests[socks]<3,>=2.31 is locked, and requests[socks]<3,>=2.32 asked for."],
    ["[Socks]", "", "it does not hold requests."],
    [
      "iniconfig>=2,<3",
      "iniconfig>=3",
      "iniconfig<3,>=2 is locked, and iniconfig>=3 asked for in the group dev-g.",
    ],
    ['slow = ["iniconfig"]', "slow = []", "it holds iniconfig, which nothing asks for now."],
    ["Dev_G = [", 'more = ["x"]\nDev_G = [', "it does not hold the group more."],
    ['My.App"\nversion', 'Other"\nversion', "it does not hold the project other."],
  ])("is refused when %j became %j", async (from, to, reason) => {
    const problem = await problemIn({ ...FILES, "pyproject.toml": PROJECT.replace(from, to) });
    expect(problem).toMatchObject({
      code: "SLUICE_PYTHON_LOCK_STALE",
      hint: expect.stringContaining("uv lock"),
    });
    expect(problem.message).toContain(reason);
  });

  it("is not refused for what says the same in other words", async () => {
    const text = PROJECT.replace("six == 1.*", "SIX==1.*").replace(
      "sys_platform=='linux'",
      'sys_platform == \\"linux\\"',
    );
    expect(await dependenciesIn({ ...FILES, "pyproject.toml": text })).not.toBeNull();
  });

  it("is refused for a member that it does not know, and in another format", async () => {
    const files = { ...FILES, "functions/new/pyproject.toml": '[project]\nname = "new"\n' };
    expect((await problemIn(files, { entry: "functions/new" })).message).toContain(
      "it does not hold the project new.",
    );
    expect(
      await problemIn({ ...FILES, "uv.lock": LOCK.replace("version = 1", "version = 2") }),
    ).toMatchObject({
      code: "SLUICE_PYTHON_LOCK_UNSUPPORTED",
    });
  });

  it("names the groups and extras that there are", async () => {
    expect(await problemIn(FILES, { groups: ["test"] })).toMatchObject({ hint: "It has all, dev, dev-g." });
    expect(await problemIn(FILES, { extras: ["quick"] })).toMatchObject({ hint: "It has fast-x, slow." });
  });
});
