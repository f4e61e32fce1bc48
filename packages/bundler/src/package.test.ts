import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import { createFixture } from "fs-fixture";
import { expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, settleAll } from "./testing/repository.ts";

const source = (text: string): string => `export const handler = () => ${JSON.stringify(text)};\n`;

/** Name → bytes of everything in a folder. */
function filesIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, "latin1")]),
  );
}

it("a build that is cancelled leaves the artifacts of the one before", async () => {
  await using fixture = await createFixture({ "src/a.ts": source("old"), "src/b.ts": source("old") });
  const controller = new AbortController();
  const plugin: Plugin = {
    name: "canceller",
    setup: (build) => build.onEnd(() => controller.abort(new Error("enough"))),
  };
  await bundleAll(fixture.path, [functionOf("a"), functionOf("b")]);
  const before = filesIn(fixture.getPath(".sluice/artifacts"));
  await fixture.writeFile("src/a.ts", source("new"));
  const cancelled = functionOf("a", { esbuild: { plugins: [plugin] } });
  const context = { signal: controller.signal };
  const { outcomes } = await settleAll(fixture.path, [cancelled, functionOf("b")], { context });
  expect(outcomes[0]).toMatchObject({ status: "rejected", reason: { message: "enough" } });
  expect(filesIn(fixture.getPath(".sluice/artifacts"))).toEqual(before);
});

it("a source that changes while it is built is built again the next time", async () => {
  await using fixture = await createFixture({ "src/a.ts": source("old") });
  let calls = 0;
  // The second look at the clock is when the inputs are fingerprinted: after esbuild has read them.
  const now = (): number => {
    calls += 1;
    if (calls === 2) {
      writeFileSync(fixture.getPath("src/a.ts"), source("new"));
    }
    return Date.now() + 1;
  };
  const first = one(await bundleAll(fixture.path, [functionOf("a")], { context: { now } }));
  expect(await invoke(first, {})).toBe("old");
  const second = one(await bundleAll(fixture.path, [functionOf("a")]));
  expect(second.cached).toBe(false);
  expect(await invoke(second, {})).toBe("new");
});
