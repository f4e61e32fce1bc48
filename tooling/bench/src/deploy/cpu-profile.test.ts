import { expect, it } from "vitest";
import { busiest, total } from "./cpu-profile.ts";

const frame = (functionName: string, url: string) => ({ functionName, url });

it("adds up self time by function, without waiting", () => {
  const nodes = [
    { id: 1, callFrame: frame("(idle)", "") },
    { id: 2, callFrame: frame("resolve", "node:path") },
    { id: 3, callFrame: frame("", "file:///dist/chunks/main-A.js") },
    { id: 4, callFrame: frame("resolve", "node:path") },
  ];
  const profile = { nodes, samples: [1, 2, 3, 4, 2], timeDeltas: [90_000, 1_000, 4_000, 2_000, 500] };
  expect(busiest(profile, 5)).toEqual([
    { place: "(top level) main-A.js", milliseconds: 4 },
    { place: "resolve node:path", milliseconds: 3.5 },
  ]);
  expect(busiest(profile, 1)).toHaveLength(1);
  expect(total(profile)).toBe(7.5);
});
