import { describe, expect, it } from "vitest";
import { decideRollout, rolloutOf, weightsOf, withoutRollout, withRollout } from "./rollout.ts";

const digest = `sha256:${"0".repeat(64)}`;
const plain = `1.4.0 · 0123456789ab · ${digest}`;

describe("the mark of a rollout", () => {
  it.each([10, 0.5, 33.333, 99.9])("is read back with its weights: %d %%", (percent) => {
    const rollout = { version: "7", percent };
    const description = withRollout(plain, rollout);
    expect(description).toBe(`${plain} · rollout 7 ${percent}%`);
    expect(rolloutOf(description, weightsOf(rollout))).toEqual(rollout);
    expect(withoutRollout(description)).toBe(plain);
  });

  it("replaces the one before it, and stands alone without a description", () => {
    const first = withRollout("", { version: "7", percent: 10 });
    expect(first).toBe("rollout 7 10%");
    expect(withRollout(first, { version: "7", percent: 20 })).toBe("rollout 7 20%");
    expect(withoutRollout(first)).toBe("");
  });

  it("fits into what AWS takes", () => {
    const long = withRollout("x".repeat(256), { version: "12345", percent: 33.333 });
    expect(long).toHaveLength(256);
    expect(long).toMatch(/x… · rollout 12345 33\.333%$/);
  });

  it.each([
    ["other weights than it says", "a · rollout 7 10%", { "7": 0.5 }],
    ["weights of another version", "a · rollout 7 10%", { "8": 0.1 }],
    ["no weights", "a · rollout 7 10%", {}],
    ["more weights", "a · rollout 7 10%", { "7": 0.1, "8": 0.1 }],
    ["weights without it", "a", { "7": 0.1 }],
    ["a text that only begins so", "rollout 7 10% by hand", { "7": 0.1 }],
  ])("does not make %s ours", (_, description, weights) => {
    expect(rolloutOf(description, weights)).toBeNull();
  });
});

describe("what is decided", () => {
  const own = { description: `${plain} · rollout 7 10%`, weights: { "7": 0.1 } };

  it("is nothing without weights, or without an alias", () => {
    expect(decideRollout(null, "7")).toEqual({ kind: "none" });
    expect(decideRollout({ description: own.description, weights: {} }, "7")).toEqual({ kind: "none" });
  });

  it("is to go on with our own rollout of this code", () => {
    const rollout = { version: "7", percent: 10 };
    const reason = "the rollout of 7 stands at 10 %: it goes on";
    expect(decideRollout(own, "7")).toEqual({ kind: "resume", rollout, reason });
  });

  it.each(["8", null])("is to undo our own rollout of other code: %s", (wanted) => {
    const rollout = { version: "7", percent: 10 };
    const reason = "the rollout of 7 stands at 10 %: it is undone first";
    expect(decideRollout(own, wanted)).toEqual({ kind: "undo", rollout, reason });
  });

  it("is to wait for anybody else's weights, of this code too", () => {
    const decision = decideRollout({ description: plain, weights: { "7": 0.1 } }, "7");
    expect(decision).toMatchObject({ kind: "wait", weights: { "7": 0.1 } });
    expect(JSON.stringify(decision)).toContain("10 % of its calls to version 7");
  });
});
