import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sizeOfWebp } from "@sluice/test-kit";
import { describe, expect, it } from "vitest";
import { ROOT } from "./monorepo.ts";
import { runProcess } from "./run-process.ts";

describe("npm run demo", () => {
  it("takes the samples from a feature branch to prod and a picture to its thumbnails, and shows it", async () => {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      NO_COLOR: "1",
      ...cacheVariables(),
    };
    const { exitCode, stdout, stderr } = await runProcess(
      process.execPath,
      [join(ROOT, "tooling", "demo", "dist", "main.js")],
      { env, cwd: ROOT },
    );
    expect([exitCode, stderr]).toEqual([0, ""]);
    const chapters = stdout.split(/\n(?=\d {2})/);
    const [, , feature = "", develop = "", release = "", main = "", again = "", pictures = ""] =
      chapters.slice(chapters.length - 9);

    expect(feature).toContain("nothing to deploy from this branch");
    expect(answersOf(develop)).toEqual([
      ["dev", "1.0.0", "201, 200", "201, 200", "1.0.0"],
      ["staging", "stub", "503", "503", "stub"],
      ["prod", "stub", "503", "503", "stub"],
    ]);
    expect(develop).toMatch(/orders-report-dev +absent/);
    expect(answersOf(release)[1]).toEqual(["staging", "1.1.0", "201, 200", "201, 200", "1.1.0"]);
    expect(answersOf(main).map((row) => row[1])).toEqual(["1.0.0", "1.1.0", "1.1.0"]);
    expect(digestsOf(main, "prod")).toEqual(digestsOf(main, "staging"));
    expect(digestsOf(main, "prod")).not.toEqual(digestsOf(main, "dev"));
    expect(again).toMatch(/1 target: 1 unchanged/);
    expect(again).not.toMatch(/\d updated/);
    expect(pictures).toMatch(/thumbnails-dev +updated +1 → 2/);
    expect(pictures.match(/\d+ x \d+ +\w+/g)?.map((row) => row.replace(/ {2,}/, " "))).toEqual([
      "1600 x 1200 PNG",
      "128 x 96 WebP",
      "512 x 384 WebP",
      "1024 x 768 WebP",
    ]);
    expect(pictures).toMatch(/python3\.13 on arm64, [1-9]\d* compiled files/);
    expect(pictures).toContain("PIL/_imaging.cpython-313-aarch64-linux-gnu.so");
    const folder = /Look at them: (\S+)/.exec(pictures)?.[1] ?? "";
    expect(sizeOfWebp(await readFile(join(ROOT, folder, "512.webp")))).toEqual({ width: 512, height: 384 });
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  }, 240_000);
});

/** Where packages and the emulator are kept and come from. */
function cacheVariables(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) =>
    /^(?:PIP_|UV_|XDG_|SLUICE_|SSL_|NODE_EXTRA|npm_config_|HTTPS?_PROXY)/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]));
}

/** Rows of the table of answers: environment, version, order, bulk order, queue. */
function answersOf(chapter: string): string[][] {
  const [, table = ""] = chapter.split("GET /version");
  return table
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/))
    .filter((row) => ["dev", "staging", "prod"].includes(row[0] ?? ""));
}

/** Digests of the table of versions, of one environment. */
function digestsOf(chapter: string, environment: string): string[] {
  return chapter
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/))
    .filter((row) => row[0] === environment && row[1]?.startsWith("orders-"))
    .map((row) => row.at(-1) ?? "");
}
