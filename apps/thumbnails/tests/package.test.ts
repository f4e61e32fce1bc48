import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { buildPackage, copyRepository, ROOT } from "./packaged.ts";

/** `e_machine` of an ELF file for 64-bit ARM (ELF for the Arm 64-bit Architecture, "ELF header"). */
const AARCH64 = 183;

const repository = copyRepository();
afterAll(repository.remove);

/** Every file of the package that goes to AWS, unpacked; paths with forward slashes. */
function unpackForAws(): { readonly folder: string; readonly files: readonly string[] } {
  const folder = join(repository.path, "unpacked");
  const zip = buildPackage(repository.path, undefined);
  execFileSync("python3", ["-m", "zipfile", "-e", zip, folder]);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return { folder, files };
}

describe("the package for AWS", () => {
  const { folder, files } = unpackForAws();

  it("says what it is for", () => {
    const text = readFileSync(join(repository.path, ".sluice/artifacts/thumbnails.manifest.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({
      runtime: "python3.13",
      architecture: "arm64",
      handler: "thumbnails.app.lambda_handler",
      packageVersion: packageJson.version,
    });
  });

  it("has compiled code for that processor alone", () => {
    const machines = files.flatMap((file) => {
      const bytes = readFileSync(join(folder, file));
      return bytes.toString("latin1", 0, 4) === "\u007fELF" ? [bytes.readUInt16LE(18)] : [];
    });
    expect(machines.length).toBeGreaterThan(5);
    expect(new Set(machines)).toEqual(new Set([AARCH64]));
    expect(files.filter((file) => /cpython-(?!313-aarch64)/.test(file))).toEqual([]);
  });

  it("has own sources and Pillow, and neither boto3 nor tests", () => {
    const top = new Set(files.map((file) => file.split("/")[0]));
    expect([...top].filter((name) => !name?.startsWith("pillow")).sort()).toEqual(["PIL", "thumbnails"]);
    expect(files).toContain("thumbnails/app.py");
  });
});

it("has one package version", () => {
  const [, version] = /^version = "(.+)"$/m.exec(readFileSync(join(ROOT, "pyproject.toml"), "utf8")) ?? [];
  expect(version).toBe(packageJson.version);
});
