import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import { jobEnvironment, SLUICE_BIN } from "./sluice-command.ts";

/** A watching `sluice`, with what it has said so far. */
interface Watching {
  readonly child: ChildProcess;
  /** Waits for text on stderr, after what was waited for before; gives what stands between. */
  said(text: string): Promise<string>;
  /** The next line on stdout. */
  document(): Promise<{ changed: string[]; gone: string[]; artifacts: unknown[]; error?: { code: string } }>;
  /** Interrupts it; gives its exit code. */
  end(): Promise<number | null>;
  readonly stderr: () => string;
}

let repository: FunctionRepository;
let open: ChildProcess[] = [];

const handler = (value: string): string => `export const handler = () => ${JSON.stringify(value)};`;
const CONFIG = (names: readonly string[]): string =>
  JSON.stringify({
    functions: Object.fromEntries(names.map((name) => [name, `src/${name}.ts`])),
    bundle: { importCheck: false },
  });

beforeEach(async () => {
  repository = await createRepository({
    "sluice.config.json": CONFIG(["a", "b"]),
    "src/a.ts": 'import { x } from "./lib/x"; export const handler = () => x;',
    "src/lib/x.ts": 'export const x = "one";',
    "src/b.ts": handler("b"),
    "package.json": '{"name":"app","version":"1.0.0"}',
  });
});

afterEach(async () => {
  for (const child of open) {
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    }
  }
  open = [];
  await repository.dispose();
});

/** A growing text, and a place in it up to which it was waited for. */
function follow(stream: NodeJS.ReadableStream) {
  let text = "";
  let from = 0;
  let ended = false;
  let wake = (): void => undefined;
  stream.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    wake();
  });
  stream.on("close", () => {
    ended = true;
    wake();
  });
  return {
    all: () => text,
    async until(wanted: string): Promise<string> {
      for (;;) {
        const at = text.indexOf(wanted, from);
        if (at !== -1) {
          const between = text.slice(from, at);
          from = at + wanted.length;
          return between;
        }
        if (ended) throw new Error(`It ended without saying ${JSON.stringify(wanted)}:\n${text}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function watch(...args: readonly string[]): Watching {
  const child = spawn(process.execPath, [SLUICE_BIN, "build", "--watch", ...args], {
    cwd: repository.path,
    env: jobEnvironment(repository.home),
    stdio: ["ignore", "pipe", "pipe"],
  });
  open.push(child);
  const [stdout, stderr] = [follow(child.stdout), follow(child.stderr)];
  return {
    child,
    said: (text) => stderr.until(text),
    stderr: stderr.all,
    document: async () => JSON.parse(await stdout.until("\n")),
    end: async () => {
      const closed = once(child, "close");
      child.kill("SIGINT");
      const [code] = (await closed) as [number | null];
      return code;
    },
  };
}

const digest = (name: string): string => {
  const path = join(repository.path, `.sluice/artifacts/${name}.manifest.json`);
  return (JSON.parse(readFileSync(path, "utf8")) as { digest: string }).digest;
};

describe("sluice build --watch", { timeout: 60_000 }, () => {
  it("builds what a change touches, says so in one line, and ends when it is interrupted", async () => {
    const watching = watch();
    await watching.said("watching");
    const [a, b] = [digest("a"), digest("b")];
    await repository.write("src/lib/x.ts", 'export const x = "two";');
    const between = await watching.said("ms\n");
    expect(between).toMatch(/\d\d:\d\d:\d\d {2}a \d+ B(?: \([+−]\d+ B\))? {2}\d+ $/);
    expect([digest("a") === a, digest("b") === b]).toEqual([false, true]);
    expect(await watching.end()).toBe(130);
    expect(watching.stderr()).not.toContain("✗");
  });

  it("tells an error once, goes on, and goes on from the mended source", async () => {
    const watching = watch();
    await watching.said("watching");
    await repository.write("src/lib/x.ts", "export const x = ;");
    await watching.said("SLUICE_SYNTAX_ERROR  src/lib/x.ts:1:18");
    await repository.write("src/b.ts", handler("b two"));
    await watching.said("the same error");
    await watching.said("ms\n");
    await repository.write("src/lib/x.ts", 'export const x = "three";');
    const between = await watching.said("ms\n");
    expect(between).toMatch(/a \d+ B.*, b \d+ B|b \d+ B.*, a \d+ B/);
    expect(watching.stderr().split("SLUICE_SYNTAX_ERROR")).toHaveLength(2);
    expect(await watching.end()).toBe(130);
  });

  it("sees a file that appears where it was missed, and a package", async () => {
    const watching = watch();
    await watching.said("watching");
    await repository.write(
      "src/b.ts",
      'import { y } from "./new/deep/y"; import z from "z"; export const handler = () => y + z;',
    );
    await watching.said("SLUICE_IMPORT_UNRESOLVED");
    await repository.write("src/new/deep/y.ts", "export const y = 1;");
    await watching.said("src/b.ts");
    await repository.write("node_modules/z/package.json", '{"name":"z","main":"z.js"}');
    await repository.write("node_modules/z/z.js", "module.exports = 1;");
    await repository.write("package-lock.json", "{}");
    await watching.said("  b ");
    expect(await watching.end()).toBe(130);
  });

  it("follows Python's sources, data and requirements, and tells a notice once", async () => {
    const config = { functions: { p: { entry: "shop.app:run" } }, bundle: { importCheck: false } };
    await repository.write("sluice.config.json", JSON.stringify(config));
    await repository.write("lib/unused.py", "");
    const watching = watch();
    await watching.said("SLUICE_PYTHON_ENTRY_NOT_FOUND");
    await watching.said("watching");
    await repository.write("src/shop/app.py", "import boto3\ndef run(event, context): ...\n");
    const first = await watching.said("  p ");
    expect(first).toContain("boto3 is left to the runtime");
    await repository.write("src/shop/mail.txt", "Dear customer");
    await watching.said("  p ");
    await repository.write("src/shop/requirements.txt", "nothing==\n");
    await watching.said("SLUICE_PYTHON_REQUIREMENT_INVALID");
    await repository.write("src/shop/requirements.txt", "# none\n");
    const last = await watching.said("mended, as before");
    expect(last).not.toContain("boto3");
    expect(await watching.end()).toBe(130);
  });

  it("takes a new configuration: functions that appear, and those that are gone", async () => {
    const watching = watch("--json");
    expect((await watching.document()).changed).toEqual(["a", "b"]);
    await repository.write("src/c.ts", handler("c"));
    await repository.write("sluice.config.json", CONFIG(["a", "c"]));
    expect(await watching.document()).toMatchObject({ changed: ["c"], gone: ["b"] });
    await repository.write("sluice.config.json", "{");
    expect((await watching.document()).error?.code).toBe("SLUICE_CONFIG_UNLOADABLE");
    await repository.write("src/c.ts", handler("c two"));
    await watching.document();
    await repository.write("sluice.config.json", CONFIG(["a", "c"]));
    expect(await watching.document()).toMatchObject({ changed: ["c"], gone: [] });
    expect(await watching.end()).toBe(130);
  });

  it("builds once for a burst of changes, and loses none that comes during a build", async () => {
    const watching = watch("--json");
    await watching.document();
    await Promise.all(["a", "b"].map((name) => repository.write(`src/${name}.ts`, handler(`${name} burst`))));
    expect((await watching.document()).changed).toEqual(["a", "b"]);
    let last = "";
    for (let count = 0; count < 30; count += 1) {
      last = `b ${count}`;
      await repository.write("src/b.ts", handler(last));
      await new Promise((resolve) => setTimeout(resolve, 7 * (count % 11)));
    }
    await repository.write("src/a.ts", handler("a end"));
    for (;;) if ((await watching.document()).changed.includes("a")) break;
    const inWatch = digest("b");
    expect(await watching.end()).toBe(130);
    rmSync(join(repository.path, ".sluice"), { recursive: true });
    const again = watch("--json");
    await again.document();
    expect(digest("b")).toBe(inWatch);
    await again.end();
  });

  it("is refused together with what looks at one build", async () => {
    const { child, said } = watch("--prune");
    await said("SLUICE_USAGE");
    const [code] = child.exitCode === null ? await once(child, "close") : [child.exitCode];
    expect(code).toBe(2);
  });
});
