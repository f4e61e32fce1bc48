import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { readArtifact } from "@sluice/artifact";
import { createFixture, type FsFixture } from "fs-fixture";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { bundleAll, functionOf, one } from "../testing/repository.ts";

const NAMES = ["a", "b", "c"];
const BUNDLER = new URL("../../dist/index.js", import.meta.url).href;

let fixture: FsFixture;

beforeEach(async () => {
  fixture = await createFixture({ ".git/HEAD": "", ...sources("one") });
  return () => fixture.rm();
});

function sources(value: string): Record<string, string> {
  const shared = { "src/shared.ts": `export const shared = ${JSON.stringify(value.repeat(2000))};` };
  const own = NAMES.map((name) => [
    `src/${name}.ts`,
    `import { shared } from "./shared"; export const handler = () => shared + "${name}";`,
  ]);
  return { ...shared, ...Object.fromEntries(own) };
}

/** Bundles functions `rounds` times, as runs of one process that follow each other. */
function bundling(names: readonly string[], rounds: number, before = ""): ChildProcess {
  const script = `
    import { bundler } from ${JSON.stringify(BUNDLER)};
    const quiet = () => {}, log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const signal = new AbortController().signal;
    const context = { cwd: "", env: {}, log, redact: String, signal, concurrency: 1, emit: quiet, now: Date.now, sleep: quiet };
    for (let round = 0; round < ${rounds}; round += 1) {
      const all = ${JSON.stringify(names.map((name) => functionOf(name)))};
      const config = { file: null, root: ${JSON.stringify(fixture.path)}, functions: all, layers: [], environments: [], branches: [], plugins: [] };
      const plugin = bundler();
      await Promise.all(all.map((fn) => plugin.bundle({ function: fn, all, config, ref: null, packageVersion: null }, context)));
    }`;
  const args = ["-c", `${before} exec "$0" --input-type=module -e "$1"`, process.execPath, script];
  return spawn("bash", args, { stdio: ["ignore", "ignore", "inherit"] });
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

/** Digests by a build that knows no cache. */
async function rightDigests(): Promise<Record<string, string>> {
  await using other = await createFixture({ ".git/HEAD": "" });
  for (const path of Object.keys(sources(""))) {
    mkdirSync(join(other.path, "src"), { recursive: true });
    writeFileSync(join(other.path, path), readFileSync(join(fixture.path, path)));
  }
  const { artifacts } = await bundleAll(
    other.path,
    NAMES.map((name) => functionOf(name)),
  );
  return Object.fromEntries(artifacts.map((artifact) => [artifact.function, artifact.manifest.digest]));
}

/** What a run gives now, each zip proved by its bytes. */
async function provedDigests(): Promise<Record<string, string>> {
  const { artifacts } = await bundleAll(
    fixture.path,
    NAMES.map((name) => functionOf(name)),
  );
  const digests: Record<string, string> = {};
  for (const { function: name, manifest } of artifacts) {
    const stored = await readArtifact(join(fixture.path, ".sluice/artifacts"), name, { verify: true });
    expect(stored?.manifest).toEqual(manifest);
    digests[name] = manifest.digest;
  }
  return digests;
}

describe("several processes", () => {
  it("build the same functions and others at once", { timeout: 120_000 }, async () => {
    const children = [NAMES, NAMES, ["a"], ["b", "c"]].map((names) => bundling(names, 5));
    expect(await Promise.all(children.map(exitOf))).toEqual([0, 0, 0, 0]);
    expect(await provedDigests()).toEqual(await rightDigests());
    const left = readdirSync(join(fixture.path, ".sluice/cache/objects"));
    expect(left.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("leave no wrong artifact when they are killed at any point", { timeout: 240_000 }, async () => {
    const right: Record<string, Record<string, string>> = {};
    for (let round = 0; round < 12; round += 1) {
      const value = ["one", "two"][round % 2] ?? "";
      for (const [path, text] of Object.entries(sources(value))) await fixture.writeFile(path, text);
      if (round % 3 === 0) rmSync(join(fixture.path, ".sluice/artifacts"), { recursive: true, force: true });
      const children = [bundling(NAMES, 3), bundling(NAMES, 3)];
      const exits = children.map(exitOf);
      // From the start of writing on, each round a little later.
      const artifacts = join(fixture.path, ".sluice/artifacts");
      while (!existsSync(artifacts) && children.every((child) => child.exitCode === null))
        await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 60 + round * 12));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(exits);
      right[value] ??= await rightDigests();
      expect(await provedDigests()).toEqual(right[value]);
    }
  });
});

it("leaves zip and manifest of one build, whatever another process writes between them", async () => {
  const { rename } = fsPromises;
  let others = 0;
  const spied = vi.spyOn(fsPromises, "rename").mockImplementation(async (from, to) => {
    if (String(to).endsWith("a.manifest.json") && others++ === 0)
      writeFileSync(join(fixture.path, ".sluice/artifacts/a.zip"), "another process's");
    return rename(from, to);
  });
  syncBuiltinESMExports();
  try {
    const { manifest } = one(await bundleAll(fixture.path, [functionOf("a")]));
    expect(others).toBe(2);
    const stored = await readArtifact(join(fixture.path, ".sluice/artifacts"), "a", { verify: true });
    expect(stored?.manifest).toEqual(manifest);
  } finally {
    spied.mockRestore();
    syncBuiltinESMExports();
  }
});

describe("a cache that cannot be used", () => {
  const build = async () => one(await bundleAll(fixture.path, [functionOf("a")]));

  it.skipIf(process.getuid?.() === 0)("costs time alone when it is read-only", async () => {
    const first = await build();
    chmodSync(join(fixture.path, ".sluice/cache"), 0o555);
    for (const [path, text] of Object.entries(sources("two"))) await fixture.writeFile(path, text);
    expect((await build()).manifest.digest).not.toBe(first.manifest.digest);
    chmodSync(join(fixture.path, ".sluice/cache"), 0o755);
  });

  it.each(["cache", "cache/objects", "cache/records"])(
    "costs time alone when %s is a file",
    async (place) => {
      const path = join(fixture.path, ".sluice", place);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, "");
      const first = await build();
      expect(first.cached).toBe(false);
      rmSync(join(fixture.path, ".sluice/artifacts"), { recursive: true });
      expect((await build()).manifest.digest).toBe(first.manifest.digest);
    },
  );

  it("costs time alone when it takes no more bytes", async () => {
    const parts = Array.from({ length: 60 }, (_, index) => `part${index}`);
    for (const part of parts) await fixture.writeFile(`src/${part}.ts`, `export const ${part} = 1;`);
    const imports = parts.map((part) => `import { ${part} } from "./${part}";`).join("");
    await fixture.writeFile("src/a.ts", `${imports} export const handler = () => [${parts.join()}];`);
    // In blocks of 1024 bytes: enough for the artifact, and not for the record, which is cut off.
    expect(await exitOf(bundling(["a"], 2, "ulimit -f 4;"))).toBe(0);
    const left = readdirSync(join(fixture.path, ".sluice/cache"));
    expect(left.filter((name) => name === "a.json" || name.endsWith(".tmp"))).toEqual([]);
    expect((await build()).cached).toBe(false);
    expect((await build()).cached).toBe(true);
  });
});
