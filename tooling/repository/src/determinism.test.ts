import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { nodeBinary } from "@sluice/test-kit";
import { afterAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import { jobEnvironment, SLUICE_BIN } from "./sluice-command.ts";

const run = promisify(execFile);
const repositories: FunctionRepository[] = [];
const folders: string[] = [];
afterAll(async () => {
  for (const repository of repositories) await repository.dispose();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const FILES = {
  "package.json": '{"name":"same","version":"1.0.0","type":"module"}',
  "src/orders.ts": `import { join } from "node:path";
import legacy from "legacy";
import { shared } from "./shared.ts";
export class Refused extends Error {}
export const handler = async () => ({ path: join("a", "b"), legacy: legacy(), shared, where: import.meta.url.length > 0 });
`,
  "src/shared.ts": 'export const shared = { umlaut: "ä", emoji: "🚰" };\n',
  "src/second.ts": 'import { shared } from "./shared.ts";\nexport const handler = async () => shared;\n',
  "node_modules/legacy/package.json": '{"name":"legacy","version":"1.0.0","main":"index.js"}',
  "node_modules/legacy/index.js": 'const os = require("os");\nmodule.exports = () => typeof os.EOL;\n',
  "assets/b.txt": "b",
  "assets/a.txt": "a",
  "assets/Ü.txt": "u",
  ".gitignore": ".sluice/\n",
  "sluice.config.json": JSON.stringify({
    functions: { orders: { entry: "src/orders.ts", assets: ["assets/**"] }, second: "src/second.ts" },
    environments: {},
  }),
};

async function digests(
  cwd: string,
  options: { node?: string; env?: Record<string, string>; umask?: string } = {},
): Promise<Record<string, string>> {
  const { node = process.execPath, env = {}, umask = "022" } = options;
  const script = `umask ${umask} && exec "$0" "$@"`;
  const environment = jobEnvironment(dirname(cwd), env);
  const { stdout } = await run("/bin/sh", ["-c", script, node, SLUICE_BIN, "build", "--json"], {
    cwd,
    env: environment,
  });
  const { artifacts } = JSON.parse(stdout) as {
    artifacts: { function: string; digest: string; cached: boolean }[];
  };
  expect(artifacts.map((each) => each.cached)).toEqual([false, false]);
  return Object.fromEntries(artifacts.map((each) => [each.function, each.digest]));
}

async function repository(): Promise<FunctionRepository> {
  const made = await createRepository(FILES);
  repositories.push(made);
  return made;
}

describe("one repository has one digest per function", () => {
  const reference = repository().then(({ path }) => digests(path));

  it.each<[string, Parameters<typeof digests>[1]]>([
    ["in another folder", {}],
    ["under another umask", { umask: "077" }],
    ["in another time zone", { env: { TZ: "Pacific/Kiritimati" } }],
    ["in another locale", { env: { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" } }],
    [
      "with colours, CI and a proxy in the environment",
      { env: { CI: "true", FORCE_COLOR: "1", NODE_ENV: "production" } },
    ],
  ])("%s", async (_what, options) => {
    expect(await digests((await repository()).path, options)).toEqual(await reference);
  });

  it("at another time, by files with other modes and times", async () => {
    const made = await repository();
    await run(
      "/bin/sh",
      ["-c", "find . -path ./.git -prune -o -type f -exec chmod 600 {} + -exec touch -t 200101010101 {} +"],
      { cwd: made.path },
    );
    expect(await digests(made.path)).toEqual(await reference);
  });

  it("reached through a symbolic link and in a deep folder with spaces", async () => {
    const made = await repository();
    const folder = await mkdtemp(join(tmpdir(), "sluice-link-"));
    folders.push(folder);
    await mkdir(join(folder, "a folder", "ünï"), { recursive: true });
    const link = join(folder, "a folder", "ünï", "link");
    await symlink(made.path, link);
    expect(await digests(link)).toEqual(await reference);
  });

  it.each([22, 24] as const)(
    "under Node.js %s",
    async (major) => {
      const node = await nodeBinary(major);
      const { stdout } = await run(node, ["--version"]);
      expect(stdout).toMatch(new RegExp(`^v${major}\\.`));
      expect(await digests((await repository()).path, { node })).toEqual(await reference);
    },
    180_000,
  );
});
