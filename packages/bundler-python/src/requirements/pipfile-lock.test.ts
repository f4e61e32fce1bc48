import { describe, expect, it } from "vitest";
import { dependenciesIn, linesOf, problemIn } from "../testing/requirements.ts";

const PIPFILE = `[[source]]
url = "https://pypi.org/simple"
verify_ssl = true
name = "pypi"

[packages]
Six = "*"
PySocks = {version = ">=1.7", markers = "python_version >= '3'"}
colorama = {version = "*", markers = "sys_platform == 'win32'"}

[dev-packages]
iniconfig = "*"

[report]
tomli = "*"

[requires]
python_version = "3.11"

[scripts]
test = "pytest"
`;

/** As Pipenv of 2026 locked it, with one sum of each. */
const LOCK = {
  _meta: {
    hash: { sha256: "5ae7fc170605a10684f36bf34f3d4c2c2e46cb533037ac98866502907da8b22f" },
    "pipfile-spec": 6,
    requires: { python_version: "3.11" },
    sources: [{ name: "pypi", url: "https://pypi.org/simple", verify_ssl: true }],
  },
  default: {
    colorama: { markers: "sys_platform == 'win32'", version: "*" },
    pysocks: {
      hashes: ["sha256:08e69f092cc6dbe92a0fdd16eeb9b9ffbc13cadfe5ca4c7bd92ffb078b293299"],
      markers: "python_version >= '3'",
      version: "==1.7.1",
    },
    six: {
      hashes: ["sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274"],
      index: "pypi",
      markers: "python_version >= '2.7' and python_version != '3.0' and python_version != '3.1'",
      version: "==1.17.0",
    },
  },
  develop: {
    iniconfig: {
      hashes: ["sha256:67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960"],
      index: "pypi",
      markers: "python_version >= '3.10'",
      version: "==2.3.1",
    },
  },
  report: {
    tomli: {
      hashes: ["sha256:069435bd5480429b98c5e5afb02ab21c219b6f0064680671c6dc0d46817346ea"],
      index: "pypi",
      markers: "python_version >= '3.8'",
      version: "==2.5.0",
    },
  },
};

function filesOf(lock: unknown, pipfile = PIPFILE): Record<string, string> {
  return { Pipfile: pipfile, "Pipfile.lock": JSON.stringify(lock) };
}

const namesOf = (lines: readonly string[]): string[] => lines.map((line) => line.split(" --hash")[0] ?? "");

describe("a Pipfile.lock", () => {
  it("gives its packages for the runtime, with their sums", async () => {
    const found = await dependenciesIn(filesOf(LOCK), { runtime: "python3.11" });
    expect(found).toMatchObject({ kind: "pipfile", label: "Pipfile.lock", notices: [], unpinned: [] });
    expect(linesOf(found)).toEqual([
      "pysocks==1.7.1 --hash=sha256:08e69f092cc6dbe92a0fdd16eeb9b9ffbc13cadfe5ca4c7bd92ffb078b293299",
      "six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274",
    ]);
    expect(found?.files).toEqual(["/Pipfile", "/Pipfile.lock"]);
    expect(found?.request).toMatchObject({ complete: true, requireHashes: true });
  });

  it("adds categories, the developers' by any of its names", async () => {
    for (const group of ["dev", "develop", "dev-packages"]) {
      const found = await dependenciesIn(filesOf(LOCK), { groups: [group, "report"] });
      expect(namesOf(linesOf(found))).toEqual([
        "iniconfig==2.3.1",
        "pysocks==1.7.1",
        "six==1.17.0",
        "tomli==2.5.0",
      ]);
    }
    expect(await problemIn(filesOf(LOCK), { groups: ["reports"] })).toMatchObject({
      code: "SLUICE_PYTHON_GROUP_UNKNOWN",
      hint: "It has develop, report.",
    });
  });

  it("tells that it was made for another Python", async () => {
    expect((await dependenciesIn(filesOf(LOCK)))?.notices).toEqual([
      "Pipfile.lock was made for Python 3.11, and python3.13 may need packages that it lacks.",
    ]);
  });

  it("is refused when the Pipfile asks for something else now, but not for a script", async () => {
    expect(await problemIn(filesOf(LOCK, PIPFILE.replace(">=1.7", ">=1.8")))).toMatchObject({
      code: "SLUICE_PYTHON_LOCK_STALE",
      hint: "Run `pipenv lock` and commit the lockfile.",
    });
    expect(await dependenciesIn(filesOf(LOCK, PIPFILE.replace("pytest", "nose")))).not.toBeNull();
  });

  it("may carry the hash of a Pipenv that took names as written", async () => {
    const hash = { sha256: "3d77cba8a710cdb07918bd8f8603ee8e5f808edfe24608f756fcc934a04ae6e4" };
    const found = await dependenciesIn(filesOf({ ...LOCK, _meta: { ...LOCK._meta, hash } }));
    expect(linesOf(found)).toHaveLength(2);
  });

  it("keeps folders, commits, addresses and indexes with credentials", async () => {
    const sources = [
      { name: "private", url: "https://ci:$PASSWORD@pypi.example.com:8443/simple", verify_ssl: false },
      { name: "pypi", url: "https://pypi.org/simple", verify_ssl: true },
    ];
    const packages = {
      shared: { editable: true, path: "./shared" },
      tool: { git: "https://git.example/tool.git", ref: "0123abc", subdirectory: "python" },
      wheel: { file: "https://x.example/wheel-1-py3-none-any.whl" },
    };
    const lock = { _meta: { ...LOCK._meta, sources }, default: packages };
    const files = { "Pipfile.lock": JSON.stringify(lock), "shared/setup.py": "" };
    const found = await dependenciesIn(files, { env: { PASSWORD: "hunter22" } });
    expect(linesOf(found)).toEqual([
      "--index-url https://ci:hunter22@pypi.example.com:8443/simple",
      "shared @ file:///shared",
      "tool @ git+https://git.example/tool.git@0123abc#subdirectory=python",
      "wheel @ https://x.example/wheel-1-py3-none-any.whl",
    ]);
    expect(found?.request).toMatchObject({ trustedHosts: ["pypi.example.com:8443"], requireHashes: false });
    expect(found?.secrets).toEqual(["hunter22"]);
    expect(await problemIn(files)).toMatchObject({ code: "SLUICE_PYTHON_VARIABLE_MISSING" });
  });

  it.each([
    ["{", "SLUICE_PYTHON_LOCK_INVALID"],
    ['<<<<<<< HEAD\n{"_meta": {}}', "SLUICE_PYTHON_LOCK_INVALID"],
    ['{"_meta": {"pipfile-spec": 7}}', "SLUICE_PYTHON_LOCK_UNSUPPORTED"],
    ["[]", "SLUICE_PYTHON_LOCK_UNSUPPORTED"],
    ['{"_meta": {"pipfile-spec": 6}, "default": {"six": {"version": "*"}}}', "SLUICE_PYTHON_LOCK_INVALID"],
  ])("that holds %j is refused", async (text, code) => {
    expect((await problemIn({ "Pipfile.lock": text })).code).toBe(code);
  });
});
