import type { GitHistory } from "@sluice/core";
import { expect, it } from "vitest";
import { candidatesFor } from "./candidates.ts";

/** Commit → parents and tree. */
type Graph = Readonly<Record<string, readonly [parents: readonly string[], tree: string]>>;

function historyOf(graph: Graph): GitHistory {
  return {
    isAncestor: async () => null,
    parents: async (commit) => graph[commit]?.[0] ?? null,
    tree: async (commit) => graph[commit]?.[1] ?? null,
    committedAt: async () => null,
  };
}

async function names(commit: string, history: GitHistory | undefined): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, how } of candidatesFor(commit, history)) found.push(`${name} ${how}`);
  return found;
}

it("is the commit itself, and whatever has its files", async () => {
  expect(await names("c", historyOf({ c: [["b"], "t"] }))).toEqual(["c itself", "t same-files"]);
  expect(await names("c", historyOf({}))).toEqual(["c itself"]);
  expect(await names("c", undefined)).toEqual(["c itself"]);
});

it("is what a merge merged, and not what it was merged into", async () => {
  const graph: Graph = { merge: [["main", "release"], "t"], main: [["old"], "m"], release: [["x"], "t"] };
  expect(await names("merge", historyOf(graph))).toEqual(["merge itself", "release merged", "t same-files"]);
});

it("tells what was merged with other files apart, in each head of an octopus", async () => {
  const graph: Graph = {
    merge: [["main", "release", "hotfix"], "1"],
    release: [["a", "b"], "2"],
    hotfix: [["a"], "1"],
  };
  expect(await names("merge", historyOf(graph))).toEqual([
    "merge itself",
    "release merged-with-others",
    "hotfix merged",
    "1 same-files",
  ]);
});

it("is not what a merge of merges merged long ago", async () => {
  const graph: Graph = {
    merge: [["main", "release"], "1"],
    release: [["r", "hotfix"], "1"],
    hotfix: [[], "0"],
  };
  expect(await names("merge", historyOf(graph))).not.toContain("hotfix merged");
});
