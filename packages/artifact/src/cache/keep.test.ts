import { describe, expect, it } from "vitest";
import type { CacheContents, HeldRecord } from "./contents.ts";
import { BY_ITSELF, chooseRemoval, NEWEST_ALONE } from "./keep.ts";

const NOW = 1_000_000_000_000;
const HOUR = 3_600_000;

function held(functionName: string, age: number, objects: readonly string[], isNewest = false): HeldRecord {
  const id = `${functionName}-${age}`;
  const options = "sha256:00" as const;
  const head = { schema: 3 as const, id, options, manifest: "m", beside: [], objects };
  return { path: id, functionName, optionsPart: "00", id, usedAt: NOW - age, head, isNewest };
}

function contents(
  records: readonly HeldRecord[],
  sizeBytes = 10,
  loose: Record<string, number> = {},
): CacheContents {
  const ids = [...new Set(records.flatMap((record) => record.head.objects))];
  const objects = [...ids.map((id) => [id, 0] as const), ...Object.entries(loose)].map(
    ([id, age]) => [id, { id, sizeBytes, usedAt: NOW - age }] as const,
  );
  return { records, broken: [], objects: new Map(objects) };
}

const removed = (records: CacheContents, limits = BY_ITSELF) => {
  const removal = chooseRemoval(records, ["a", "b"], limits, NOW);
  return { records: removal.records.map(({ id }) => id), objects: removal.objects };
};

describe("what is kept", () => {
  it("is the newest builds of each function, and what they need", () => {
    const records = Array.from({ length: 10 }, (_, age) => held("a", age, [`zip${age}`, "lock"], age === 0));
    expect(removed(contents(records))).toEqual({ records: ["a-8", "a-9"], objects: ["zip8", "zip9"] });
    expect(removed(contents(records), NEWEST_ALONE).records).toHaveLength(9);
    expect(removed(contents(records), NEWEST_ALONE).objects).not.toContain("lock");
  });

  it("is what functions that are gone have left, for some days", () => {
    const records = [held("gone", 6 * 24 * HOUR, ["x"], true), held("older", 8 * 24 * HOUR, ["y"], true)];
    expect(removed(contents(records))).toEqual({ records: [records[1]?.id], objects: ["y"] });
    expect(removed(contents(records), NEWEST_ALONE).objects).toEqual(["x", "y"]);
  });

  it("fits the bytes, by least recent use, and never loses a newest build", () => {
    const records = [
      held("b", 1, ["b1"]),
      held("a", 2, ["a1"], true),
      held("b", 3, ["b2"], true),
      held("b", 4, ["b1"]),
    ];
    const limits = { ...BY_ITSELF, totalBytes: 30 };
    expect(removed(contents(records), limits)).toEqual({ records: [], objects: [] });
    expect(removed(contents(records, 11), limits)).toEqual({ records: ["b-1", "b-4"], objects: ["b1"] });
    expect(removed(contents(records, 1000), limits).objects).toEqual(["b1"]);
  });

  it("is an object that nothing needs yet, for an hour", () => {
    const loose = { young: HOUR - 1, old: HOUR };
    expect(removed(contents([], 1, loose)).objects).toEqual(["old"]);
    expect(removed(contents([], 1, loose), NEWEST_ALONE).objects).toEqual(["young", "old"]);
  });
});
