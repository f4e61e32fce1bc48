import { readFileSync } from "node:fs";
import { join } from "node:path";
import { x } from "tinyexec";
import { describe, expect, it } from "vitest";
import { ROOT, sourceTexts, workspacePackages } from "./monorepo.ts";

async function check(command: string, args: readonly string[], cwd = ROOT): Promise<string> {
  const proc = x(join(ROOT, "node_modules", ".bin", command), [...args], {
    nodeOptions: { cwd },
    throwOnError: false,
  });
  const { stdout, stderr } = await proc;
  return proc.exitCode === 0 ? "" : `${stdout}\n${stderr}`;
}

describe("the tools find nothing", () => {
  it("biome", async () => {
    expect(await check("biome", ["ci", "--error-on-warnings", "--colors=off"])).toBe("");
  });

  it("tsc, tests included", async () => {
    expect(await check("tsc", ["-p", "tsconfig.tests.json"])).toBe("");
  }, 120_000);

  it("knip", async () => {
    expect(await check("knip", ["--no-progress"])).toBe("");
  }, 120_000);

  const published = workspacePackages(["packages"]).filter((each) => !each.private);
  it.each(published.map((each) => [each.name, each.folder] as const))(
    "publint: %s",
    async (_name, folder) => {
      expect(await check("publint", ["--strict"], join(ROOT, folder))).toBe("");
    },
  );
});

describe("every published package", () => {
  const published = workspacePackages(["packages"]).filter((each) => !each.private);
  it.each(published.map((each) => [each.name, each.folder] as const))(
    "has a README with errors and IAM actions: %s",
    (name, folder) => {
      const readme = readFileSync(join(ROOT, folder, "README.md"), "utf8");
      expect(readme).toContain(`# ${name}`);
      expect(readme).toMatch(/IAM actions/);
    },
  );

  it("has a line in the root README's map", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    for (const { folder } of published) expect(readme).toContain(folder);
  });
});

describe("error codes", () => {
  // Who compares with a code does not give it.
  const CODE = /(?<!=== )"(SLUICE_[A-Z0-9_]+)"/g;
  const owners = new Map<string, Set<string>>();
  for (const { name, folder } of workspacePackages(["packages"])) {
    for (const { text } of sourceTexts(folder)) {
      for (const match of text.matchAll(CODE)) {
        owners.set(match[1] ?? "", (owners.get(match[1] ?? "") ?? new Set()).add(name));
      }
    }
  }

  it("belong to one package each, so that one README says what they mean", () => {
    expect([...owners].filter(([, names]) => names.size > 1)).toEqual([]);
    expect(owners.size).toBeGreaterThan(50);
  });

  it.each(workspacePackages(["packages"]).map((each) => [each.name, each.folder] as const))(
    "are in the README of %s",
    (name, folder) => {
      const readme = readFileSync(join(ROOT, folder, "README.md"), "utf8");
      const own = [...owners].filter(([, names]) => names.has(name)).map(([code]) => code);
      expect(own.filter((code) => !readme.includes(code))).toEqual([]);
    },
  );
});
