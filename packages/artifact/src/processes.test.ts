import { chmod } from "node:fs/promises";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readArtifact, writeArtifact } from "./artifact-files.ts";
import { draft } from "./testing/draft.ts";
import { buildProgram, startProgram } from "./testing/program.ts";
import { createZip } from "./zip.ts";

const PROGRAM = `
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { createZip, openStore, writeArtifact } from "./index.ts";
const [what, folder, ...rest] = process.argv.slice(2);
const draft = ${JSON.stringify(draft())};
const zipOf = (text) => createZip([{ path: "index.mjs", bytes: Buffer.from(text) }]);
const actions = {
  // Without rights of its own even for root, whom permissions do not bind.
  denied: async () => {
    const zip = await zipOf("1");
    if (process.getuid() === 0) process.seteuid(65534);
    return writeArtifact(folder, zip, draft).then(() => "written", (error) => error.code);
  },
  // Dies at the nth call to the file system, before it or right after.
  dying: async () => {
    const [at, when] = [Number(rest[0]), rest[1]];
    const zip = await zipOf("2".repeat(50));
    let calls = 0;
    for (const name of ["mkdir", "open", "rename", "rm", "link"]) {
      const real = fs[name];
      fs[name] = async (...given) => {
        calls += 1;
        const isLast = calls === at;
        if (isLast && when === "before") process.kill(process.pid, "SIGKILL");
        const result = await real(...given);
        if (isLast) process.kill(process.pid, "SIGKILL");
        return result;
      };
    }
    syncBuiltinESMExports();
    await writeArtifact(folder, zip, draft);
    return calls;
  },
  put: async () => {
    const artifact = await writeArtifact(folder + "/" + process.pid, await zipOf("1".repeat(100_000)), draft);
    const store = openStore("store", { root: folder });
    return (await store.put(artifact)).uploaded;
  },
};
console.log(await actions[what]());
`;

let fixture: FsFixture;
beforeAll(async () => {
  fixture = await createFixture();
  await buildProgram(PROGRAM, fixture.getPath("program.mjs"));
});
afterAll(async () => {
  await fixture.rm();
});

it("says that a folder is read-only, and leaves nothing there", async () => {
  await fixture.mkdir("denied");
  await chmod(fixture.path, 0o755);
  await chmod(fixture.getPath("denied"), 0o555);
  const { output } = startProgram(fixture.getPath("program.mjs"), ["denied", fixture.getPath("denied")]);
  expect(await output).toBe("SLUICE_FOLDER_READ_ONLY");
  expect(await fixture.readdir("denied")).toEqual([]);
});

it("leaves an artifact or none wherever it is killed, and the next run writes it", async () => {
  const folder = fixture.getPath("killed");
  const old = await createZip([{ path: "index.mjs", bytes: Buffer.from("1") }]);
  const digests = new Map<string, number>();
  const dying = (at: number, when: string): Promise<string> =>
    startProgram(fixture.getPath("program.mjs"), ["dying", folder, String(at), when]).output;
  const calls = Number(await dying(0, "never"));
  expect(calls).toBeGreaterThan(5);
  const deaths = Array.from({ length: calls * 2 }, (_, index) => [1 + (index >> 1), index % 2] as const);
  for (const [at, after] of deaths) {
    await writeArtifact(folder, old, draft());
    expect(await dying(at, after === 1 ? "after" : "before")).toBe("");
    const artifact = await readArtifact(folder, "orders", { verify: true });
    const digest = artifact?.manifest.digest ?? "none";
    digests.set(digest, (digests.get(digest) ?? 0) + 1);
  }
  // The old one, none, and the new one: every state was met.
  expect([...digests.keys()]).toHaveLength(3);
  expect(Number(await dying(0, "never"))).toBe(calls);
});

it("lets one of several processes put an artifact into a folder, and the others find it", async () => {
  await fixture.mkdir("race");
  const started = Array.from({ length: 6 }, () =>
    startProgram(fixture.getPath("program.mjs"), ["put", fixture.getPath("race")]),
  );
  const answers = await Promise.all(started.map(({ output }) => output));
  expect(answers.sort()).toEqual(["false", "false", "false", "false", "false", "true"]);
  const [digest = ""] = await fixture.readdir("race/store/artifacts/sha256");
  const stored = await fixture.readdir(`race/store/artifacts/sha256/${digest}`);
  expect(stored.sort()).toEqual(["orders.manifest.json", "orders.zip"]);
});
