import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import type { PythonRun } from "../run.ts";
import { dependenciesIn, problemIn } from "../testing/requirements.ts";
import { dependencyCandidates } from "./find-dependencies.ts";

const PYLOCK =
  'lock-version = "1.0"\ncreated-by = "test"\nextras = ["fast"]\ndependency-groups = ["dev"]\npackages = []\n';
const UV = 'version = 1\nrequires-python = ">=3.11"\n';
const POETRY = '[metadata]\nlock-version = "2.1"\npython-versions = ">=3.9"\n';
const PIPFILE = '{"_meta": {"pipfile-spec": 6, "sources": []}, "default": {}}';
const ALL: Readonly<Record<string, string>> = {
  "pylock.toml": PYLOCK,
  "uv.lock": UV,
  "poetry.lock": POETRY,
  "Pipfile.lock": PIPFILE,
  "requirements.txt": "six\n",
  "pyproject.toml": '[dependency-groups]\ndev = ["six"]\n',
};

describe("finding what a function needs", () => {
  it("takes the strongest file of a folder, and tells what it passed over", async () => {
    let files = { ...ALL };
    const taken: string[] = [];
    while (Object.keys(files).length > 0) {
      const found = await dependenciesIn(files);
      taken.push(found?.label ?? "");
      files = Object.fromEntries(Object.entries(files).filter(([name]) => name !== found?.label));
    }
    expect(taken).toEqual(Object.keys(ALL));
    expect((await dependenciesIn(ALL))?.notices).toEqual([
      "Dependencies are read from pylock.toml; uv.lock and poetry.lock and Pipfile.lock and requirements.txt beside it are not read. `python.requirements` names another file.",
    ]);
  });

  it("says nothing of the project that a lockfile is made from", async () => {
    const poetry = '[tool.poetry.dependencies]\nsix = "^1"\n';
    expect((await dependenciesIn({ "poetry.lock": POETRY, "pyproject.toml": poetry }))?.notices).toEqual([]);
    expect((await dependenciesIn({ "Pipfile.lock": PIPFILE, Pipfile: "" }))?.notices).toEqual([]);
  });

  it("takes the nearest folder, and remembers what was not there", async () => {
    const files = { "poetry.lock": POETRY, "functions/a/requirements.txt": "six\n", "functions/b/x.py": "" };
    const near = await dependenciesIn(files, { entry: "functions/a" });
    expect(near?.label).toBe("functions/a/requirements.txt");
    expect(near?.lookedFor).toEqual(
      expect.arrayContaining(["/functions/a/uv.lock", "/functions/a/pylock.toml"]),
    );
    const far = await dependenciesIn(files, { entry: "functions/b" });
    expect(far?.label).toBe("poetry.lock");
    expect(far?.lookedFor).toEqual(
      expect.arrayContaining(["/functions/b/requirements.txt", "/functions/requirements.txt", "/uv.lock"]),
    );
  });

  it("passes over a pyproject.toml that only configures tools, but counts it as read", async () => {
    const files = { "requirements.txt": "six\n", "fn/pyproject.toml": "[tool.ruff]\nline-length = 100\n" };
    const found = await dependenciesIn(files, { entry: "fn" });
    expect(found?.label).toBe("requirements.txt");
    expect(found?.files).toContain("/fn/pyproject.toml");
  });

  it("does not look above the root", async () => {
    expect(
      await dependenciesIn({ "requirements.txt": "six\n", "app/x.py": "" }, { root: "app", entry: "app" }),
    ).toBeNull();
    expect(
      await dependenciesIn({ "app/requirements.txt": "six\n" }, { root: "app", entry: "." }),
    ).not.toBeNull();
  });

  it("takes what the configuration names, or nothing", async () => {
    expect(await dependenciesIn(ALL, { requirements: [] })).toBeNull();
    expect((await dependenciesIn(ALL, { requirements: ["poetry.lock"] }))?.kind).toBe("poetry");
    expect(
      (await dependenciesIn({ ...ALL, "pylock.dev.toml": PYLOCK }, { requirements: ["pylock.dev.toml"] }))
        ?.kind,
    ).toBe("pylock");
    expect((await dependenciesIn({ ...ALL, Pipfile: "" }, { requirements: ["Pipfile"] }))?.kind).toBe(
      "pipfile",
    );
    expect(await problemIn(ALL, { requirements: ["uv.lock", "requirements.txt"] })).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENTS_MIXED",
      message: expect.stringContaining("uv.lock and requirements.txt"),
    });
    expect(await problemIn({}, { requirements: ["uv.lock"] })).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENTS_NOT_FOUND",
      where: "functions.orders.python.requirements",
    });
  });

  it.each(["wheels/six-1.0-py3-none-any.whl", "setup.py"])("does not take %s for a list", async (name) => {
    expect(await problemIn({ [name]: "" }, { requirements: [name] })).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENTS_UNREADABLE",
      message: `\`requirements\` names ${name}, which is no list of requirements.`,
    });
  });

  it("tells an empty lockfile, and a folder", async () => {
    expect(await problemIn({ "uv.lock": "", "pyproject.toml": "" })).toMatchObject({
      code: "SLUICE_PYTHON_LOCK_INVALID",
      where: "uv.lock",
    });
    expect(await problemIn({ "requirements.txt/x": "" })).toMatchObject({
      code: "SLUICE_PYTHON_REQUIREMENTS_UNREADABLE",
      message: "The file cannot be read: it is a folder.",
    });
  });

  it("asks for the lockfile of a Pipfile", async () => {
    expect(await problemIn({ Pipfile: "[packages]\n" })).toMatchObject({
      code: "SLUICE_PYTHON_LOCK_MISSING",
      hint: expect.stringContaining("pipenv lock"),
    });
  });

  it("gives a pylock.toml as it is, for names that it knows", async () => {
    const found = await dependenciesIn({ "pylock.toml": PYLOCK }, { extras: ["Fast"], groups: ["dev"] });
    expect(found).toMatchObject({ kind: "pylock", request: { type: "pylock", text: PYLOCK } });
    expect(await problemIn({ "pylock.toml": PYLOCK }, { groups: ["x"] })).toMatchObject({
      hint: "It has dev.",
    });
    expect(await problemIn({ "pylock.toml": PYLOCK }, { extras: ["x"] })).toMatchObject({
      hint: "It has fast.",
    });
    expect(await problemIn({ "pylock.toml": "<<<<<<< HEAD\n" })).toMatchObject({
      code: "SLUICE_PYTHON_LOCK_INVALID",
      where: "pylock.toml:1:1",
    });
  });

  it("names the files that would end a function's having none", async () => {
    await using fixture = await createFixture({ "fn/x.py": "" });
    const root = await realpath(fixture.path);
    const run = { root, fn: { python: { requirements: null } } } as unknown as PythonRun;
    const paths = dependencyCandidates(run, join(root, "fn"));
    expect(paths).toContain(join(root, "fn/uv.lock"));
    expect(paths).toContain(join(root, "Pipfile"));
    expect(
      dependencyCandidates({ ...run, fn: { python: { requirements: [] } } } as unknown as PythonRun, root),
    ).toEqual([]);
  });
});
