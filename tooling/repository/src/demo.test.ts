import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sizeOfWebp } from "@sluice/test-kit";
import { describe, expect, it } from "vitest";
import { ROOT } from "./monorepo.ts";
import { runProcess } from "./run-process.ts";

describe("npm run demo", () => {
  it("takes the samples from a feature branch to prod and back, and a picture to its thumbnails, and shows it", async () => {
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
    const [, , feature = "", develop = "", release = "", main = "", again = "", ...rest] = chaptersOf(stdout);
    const [bad = "", idea = "", back = "", pictures = "", status = ""] = rest;

    expect(feature).toContain("nothing to deploy from this branch");
    expect(answersOf(develop)).toEqual([
      ["dev", "1.0.0", "201, 200", "201, 200", "1.0.0"],
      ["staging", "stub", "503", "503", "stub"],
      ["prod", "stub", "503", "503", "stub"],
    ]);
    expect(develop).toMatch(/orders-report-dev +absent/);
    expect(answersOf(release)[1]).toEqual(["staging", "1.1.0", "201, 200", "201, 200", "1.1.0"]);
    expect(digestsOf(release, "staging")).not.toEqual(digestsOf(develop, "dev"));

    expect(answersOf(main).map((row) => row[1])).toEqual(["1.0.0", "1.1.0", "1.1.0"]);
    expect(digestsOf(main, "prod")).toEqual(digestsOf(release, "staging"));
    expect(main.match(/Promotes what staging has had for/g)).toHaveLength(2);
    expect(main.match(/version 2 gets 10 % of the calls for 2 s/g)).toHaveLength(2);
    expect(again.match(/\d targets?: \d unchanged in/g)).toHaveLength(2);

    expect(bad).toMatch(/orders-read-dev +failed +2 \(3 rejected\)/);
    expect(bad).toContain("SLUICE_TEST_FAILED");
    expect(bad).toContain("exit code 4");
    expect(answersOf(idea)[2]).toEqual(["prod", "1.1.1", "201, 200", "400", "1.1.0"]);
    expect(back.match(/3 → 2 +live/g)).toHaveLength(2);
    expect(answersOf(back)[2]).toEqual(answersOf(main)[2]);

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
    expect(status).toContain("6 functions in 3 environments: 6 as deployed");
    expect(status).toContain("version 3 was rejected, and is not live");
    const page = /Look at it: (\S+)/.exec(status)?.[1] ?? "";
    expect(await readFile(join(ROOT, page), "utf8")).toContain("<title>What is live</title>");
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

/** From the embedded AWS on: a set-up may have printed something before. */
function chaptersOf(stdout: string): string[] {
  const chapters = stdout.split(/\n(?=\d+ {2})/);
  return chapters.slice(chapters.findIndex((chapter) => chapter.startsWith("1  ")));
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
