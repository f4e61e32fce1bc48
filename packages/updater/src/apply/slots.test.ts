import { expect, it } from "vitest";
import { createSlots } from "./slots.ts";

/** Work that goes on when it is told to. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

it("lets no more work at once than there are places, in order", async () => {
  const slots = createSlots(2);
  const gates = Array.from({ length: 5 }, gate);
  const begun: number[] = [];
  const all = gates.map((each, index) =>
    slots.take(async () => {
      begun.push(index);
      await each.opened;
    }),
  );
  await turns();
  expect(begun).toEqual([0, 1]);
  gates[1]?.open();
  await turns();
  expect(begun).toEqual([0, 1, 2]);
  for (const each of gates) each.open();
  await Promise.all(all);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

it("lets others work while somebody waits, and lets who waited go on before those that have not begun", async () => {
  const slots = createSlots(1);
  const [bake, second] = [gate(), gate()];
  const log: string[] = [];
  const rollout = slots.take(async (idle) => {
    log.push("step");
    await idle(() => bake.opened);
    log.push("step again");
  });
  const others = [
    slots.take(async () => {
      log.push("second");
      await second.opened;
    }),
    slots.take(async () => void log.push("third")),
  ];
  await turns();
  expect(log).toEqual(["step", "second"]);
  bake.open();
  await turns();
  expect(log).toEqual(["step", "second"]);
  second.open();
  await Promise.all([rollout, ...others]);
  expect(log).toEqual(["step", "second", "step again", "third"]);
});

it("gives a place back when work or waiting fails", async () => {
  const slots = createSlots(1);
  const failing = slots.take((idle) => idle(() => Promise.reject(new Error("interrupted"))));
  await expect(failing).rejects.toThrow("interrupted");
  await expect(slots.take(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await slots.take(async () => "next")).toBe("next");
});
