import { expect, it } from "vitest";
import { createByteBudget } from "./byte-budget.ts";

/** Work that ends when it is told to. */
function work(): {
  readonly run: () => Promise<void>;
  readonly end: () => void;
  readonly begun: () => boolean;
} {
  let begun = false;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = (): Promise<void> => {
    begun = true;
    return ended;
  };
  return { run, end, begun: () => begun };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

it("holds no more bytes than there is room for, first come, first served", async () => {
  const budget = createByteBudget(100);
  const [first, second, large, small] = [work(), work(), work(), work()];
  const all = [
    budget.take(60, first.run),
    budget.take(40, second.run),
    budget.take(90, large.run),
    budget.take(1, small.run),
  ];
  await settle();
  expect([first, second, large, small].map((each) => each.begun())).toEqual([true, true, false, false]);
  first.end();
  await settle();
  // The small one would fit, and does not overtake the large one.
  expect([large.begun(), small.begun()]).toEqual([false, false]);
  second.end();
  await settle();
  expect([large.begun(), small.begun()]).toEqual([true, true]);
  large.end();
  small.end();
  await Promise.all(all);
});

it("lets what is larger than all room go alone, and gives the room of a failure back", async () => {
  const budget = createByteBudget(10);
  await expect(budget.take(500, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const large = work();
  const other = work();
  const both = [budget.take(500, large.run), budget.take(1, other.run)];
  await settle();
  expect([large.begun(), other.begun()]).toEqual([true, false]);
  large.end();
  await settle();
  expect(other.begun()).toBe(true);
  other.end();
  await Promise.all(both);
});
