import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "./monorepo.ts";
import { type Ran, runProcess } from "./run-process.ts";
import { jobEnvironment, SLUICE_BIN } from "./sluice-command.ts";

const FILES: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    name: "root",
    private: true,
    packageManager: "npm@10.8.2",
    workspaces: ["app"],
  }),
  "package-lock.json": JSON.stringify({
    name: "root",
    lockfileVersion: 3,
    packages: { "": { name: "root", workspaces: ["app"] }, app: { version: "1.0.0" } },
  }),
  "turbo.json": JSON.stringify({
    tasks: { build: { outputs: [".sluice/artifacts/**"], env: ["GREETING"] } },
  }),
  ".npmrc": "update-notifier=false\n",
  ".gitignore": "node_modules\n.sluice\n.turbo\n",
  "app/package.json": JSON.stringify({
    name: "app",
    version: "1.0.0",
    type: "module",
    scripts: { build: `"${process.execPath}" "${SLUICE_BIN}" build` },
  }),
  "app/sluice.config.json": JSON.stringify({
    functions: { orders: "src/orders.ts" },
    bundle: { importCheck: false },
  }),
  "app/src/orders.ts": 'import { name } from "./name"; export const handler = async () => name;',
  "app/src/name.ts": 'export const name = "orders";',
};

let home: string;
let clones: readonly string[];

/** Two clones of one repository, at paths of different lengths, that share turbo's cache alone. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sluice-turbo-"));
  clones = [join(home, "one"), join(home, "another", "place", "two")];
  for (const clone of clones) {
    for (const [file, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(clone, file)), { recursive: true });
      await writeFile(join(clone, file), text);
    }
    await mkdir(join(clone, "node_modules"));
    await symlink(join(clone, "app"), join(clone, "node_modules", "app"));
    for (const args of [
      ["init", "--quiet"],
      ["add", "."],
      ["commit", "--quiet", "-m", "first"],
    ])
      await runProcess("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
        cwd: clone,
        env: {
          ...jobEnvironment(home),
          GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
          GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
        },
      });
  }
});
afterEach(() => rm(home, { recursive: true, force: true }));

function turbo(clone: string): Promise<Ran> {
  const args = ["run", "build", "--cache-dir", join(home, "shared"), "--no-daemon", "--output-logs=full"];
  return runProcess(join(ROOT, "node_modules", ".bin", "turbo"), args, {
    cwd: clone,
    env: jobEnvironment(home, { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" }),
  });
}

async function artifactsOf(clone: string): Promise<Record<string, string>> {
  const folder = join(clone, "app", ".sluice", "artifacts");
  const names = (await readdir(folder)).sort();
  const read = async (name: string) => [name, await readFile(join(folder, name), "base64")] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}

describe("turbo's cache between two machines", { timeout: 120_000 }, () => {
  it("gives the second clone the first one's artifacts, and a build there makes the same bytes", async () => {
    const [one = "", two = ""] = clones;
    const first = await turbo(one);
    expect(first.stdout + first.stderr).toContain("0 cached, 1 total");
    const built = await artifactsOf(one);
    expect(Object.keys(built)).toEqual(["orders.manifest.json", "orders.zip"]);

    const second = await turbo(two);
    expect(second.stdout + second.stderr).toContain("FULL TURBO");
    expect(await artifactsOf(two)).toEqual(built);

    // There is no cache of Sluice's own yet: it is built, to the same manifest and zip.
    const again = await runProcess(process.execPath, [SLUICE_BIN, "build", "--json"], {
      cwd: join(two, "app"),
      env: jobEnvironment(home),
    });
    expect(JSON.parse(again.stdout).artifacts).toMatchObject([{ function: "orders", cached: false }]);
    expect(await artifactsOf(two)).toEqual(built);
    const text = Buffer.from(built["orders.manifest.json"] ?? "", "base64").toString();
    for (const clone of clones) expect(text).not.toContain(clone);
  });
});
