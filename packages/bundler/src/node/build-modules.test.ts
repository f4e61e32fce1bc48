import { testContext } from "@sluice/test-kit";
import { createFixture } from "fs-fixture";
import { describe, expect, it, vi } from "vitest";
import { createSession, type Session } from "../session.ts";
import { bundleAll, functionOf } from "../testing/repository.ts";
import { openBuilds } from "./build-modules.ts";
import type { NodeEntry } from "./entry.ts";
import { nodeGroup } from "./options.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `f${index}`);
const sources = (list: readonly string[]): Record<string, string> =>
  Object.fromEntries(list.map((name) => [`src/${name}.ts`, `export const handler = () => "${name}";\n`]));

const entryOf = (name: string): NodeEntry => ({
  source: `src/${name}.ts`,
  exportName: "handler",
  path: ["handler"],
});

function sessionIn(root: string): Session {
  const config = {
    file: null,
    root,
    functions: [],
    layers: [],
    environments: [],
    branches: [],
    plugins: [],
    concurrency: null,
  };
  const input = { function: functionOf("f0"), all: [], config, ref: null, packageVersion: null };
  return createSession(input, testContext({ cwd: root }));
}

describe("the builds of a group", () => {
  it("are let go when everyone who asked has packed its part, and not before", async () => {
    await using fixture = await createFixture(sources(names(2)));
    const [one, other] = [entryOf("f0"), entryOf("f1")];
    const builds = openBuilds(sessionIn(fixture.path), nodeGroup(functionOf("f0"), []), [one, other]);
    const [first, second] = await Promise.all([builds.build(one), builds.build(other)]);
    expect(second).toBe(first);
    builds.release(one);
    expect(await builds.build(one)).toBe(first);
    builds.release(one);
    builds.release(other);
    expect(await builds.build(one)).not.toBe(first);
    builds.release(one);
  }, 60_000);

  it("let esbuild go with the run, also when a function fails", async () => {
    let opened = 0;
    let closed = 0;
    const plugin = {
      name: "counter",
      setup: (build: { onDispose(callback: () => void): void }) => {
        opened += 1;
        build.onDispose(() => {
          closed += 1;
        });
      },
    };
    await using fixture = await createFixture({ ...sources(names(2)), "src/bad.ts": "export const = 1;" });
    const options = { esbuild: { plugins: [plugin] } };
    const functions = [...names(2), "bad"].map((name) => functionOf(name, options));
    await expect(bundleAll(fixture.path, functions)).rejects.toThrow();
    expect(opened).toBeGreaterThan(0);
    await vi.waitFor(() => expect(closed).toBe(opened));
  }, 60_000);
});
