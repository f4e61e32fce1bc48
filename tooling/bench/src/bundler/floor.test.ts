import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runCommand } from "../command.ts";
import { unpack } from "./unpack.ts";

const DIST = new URL("../../dist/bundler/", import.meta.url);
const FLOOR = fileURLToPath(new URL("floor.js", DIST));
const LOAD = fileURLToPath(new URL("load-handlers.js", DIST));
const { signal } = new AbortController();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-floor-"));
  await mkdir(join(folder, "src"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("bundles every entry into a zip that loads, and finds those that do not", async () => {
  const options = { cwd: folder, env: {}, signal };
  await writeFile(
    join(folder, "src", "a.ts"),
    `import { basename } from "node:path";
export const handler = (): string => basename("a/b");`,
  );
  await writeFile(join(folder, "src", "b.ts"), "export const handler: number = 1;");
  const out = join(folder, "out");
  const times = await runCommand(process.execPath, [FLOOR, folder, out, "src/a.ts", "src/b.ts"], options);
  expect(Object.keys(JSON.parse(times))).toEqual(["start", "esbuild", "deflate"]);
  const names = ["a", "b"];
  await unpack(
    names.map((name) => ({ zip: join(out, `${name}.zip`), to: join(out, name) })),
    signal,
  );
  const modules = names.map((name) => join(out, name, "index.mjs"));
  expect(await readFile(`${modules[0]}.map`, "utf8")).toContain("src/a.ts");
  const problems = JSON.parse(await runCommand(process.execPath, [LOAD, ...modules], options));
  expect(problems).toEqual({ [modules[1] ?? ""]: "exports no function `handler`" });
});
