import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { nodeBinary } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "./testing/program.ts";

/**
 * The digest of the package that {@link PROGRAM} makes. It may change with a release of Sluice only on purpose: every
 * function of every user is then deployed once more.
 */
const GOLDEN = "sha256:d0107e12e13d93bfc63b780b653936ebc455439e3efe83a73a43dae0f7c924d8";

/** Packs some small files and some that go to other threads; the contents come from a generator, so they are the same. */
const PROGRAM = `
import { createZip, digestOf } from "./index.ts";
const words = "const function return await import export handler event context sluice".split(" ");
function text(seed, length) {
  let state = seed;
  let result = "";
  while (result.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    result += words[state % words.length] + (state >>> 20).toString(36) + (state & 64 ? ";\\n" : " ");
  }
  return Buffer.from(result.slice(0, length));
}
const entries = [0, 1, 100, 4095, 20_000, 300_000, 900_000].map((length, index) => ({
  path: "lib/file" + index + ".mjs",
  bytes: text(index + 1, length),
  executable: index === 3,
}));
entries.push({ path: "ünï/漢.txt", bytes: text(99, 5000) }, { path: "Bootstrap", bytes: text(7, 5) });
if (process.env.ORDER === "reverse") entries.reverse();

console.log(digestOf((await createZip(entries)).bytes));
`;

let fixture: FsFixture;
beforeAll(async () => {
  fixture = await createFixture({ "a b/ü/.keep": "" });
  await buildProgram(PROGRAM, fixture.getPath("program.mjs"));
});
afterAll(async () => {
  await fixture.rm();
});

interface Surroundings {
  readonly node?: string;
  readonly cwd?: string;
  readonly umask?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

async function digestIn(given: Surroundings): Promise<string> {
  const { node = process.execPath, cwd = ".", umask = "022", flags = [], env = {} } = given;
  const command = 'umask "$1"; shift; exec "$@"';
  const { stdout } = await promisify(execFile)(
    "/bin/sh",
    ["-c", command, "sh", umask, node, ...flags, fixture.getPath("program.mjs")],
    { cwd: fixture.getPath(cwd), env: { PATH: "/usr/bin:/bin", ...env } },
  );
  return stdout.trim();
}

/** A clock that is `milliseconds` off, for whatever would ask. */
const clock = (milliseconds: number): string[] => {
  const source = `const now = Date.now; globalThis.Date = class extends Date {
    constructor(...given) { super(...(given.length > 0 ? given : [now() + ${milliseconds}])); }
    static now() { return now() + ${milliseconds}; } };`;
  return ["--import", `data:text/javascript,${encodeURIComponent(source)}`];
};

describe("the digest of the same files", () => {
  it.each<[string, Surroundings]>([
    ["here", {}],
    ["in another folder", { cwd: "a b/ü" }],
    ["under another umask", { umask: "077" }],
    ["far west", { env: { TZ: "Pacific/Honolulu" } }],
    ["far east", { env: { TZ: "Pacific/Kiritimati" } }],
    ["in a zone that was no whole hour off in 1980", { env: { TZ: "Asia/Kathmandu" } }],
    ["in Turkish", { env: { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" } }],
    ["in no language", { env: { LANG: "C", LC_ALL: "C" } }],
    ["in ten years", { flags: clock(10 * 365 * 86_400_000) }],
    ["before 1980", { flags: clock(-60 * 365 * 86_400_000) }],
    ["with the files in another order", { env: { ORDER: "reverse" } }],
    ["as another user", { env: { USER: "somebody", HOME: "/nonexistent" } }],
  ])("is the same %s", async (_, surroundings) => {
    expect(await digestIn(surroundings)).toBe(GOLDEN);
  });

  it.each([22, 24] as const)(
    "is the same under Node.js %i",
    async (major) => {
      const node = await nodeBinary(major);
      const version = await promisify(execFile)(node, ["--version"]);
      expect(version.stdout).toMatch(new RegExp(`^v${major}\\.`));
      expect(await digestIn({ node })).toBe(GOLDEN);
    },
    180_000,
  );

  it("is the same where threads are forbidden", async () => {
    const node = await nodeBinary(24);
    const flags = ["--permission", `--allow-fs-read=*`];
    expect(await digestIn({ node, flags })).toBe(GOLDEN);
  }, 180_000);
});
