import type { RunEvent } from "@sluice/core";
import { expect, it } from "vitest";
import { gatherNotices } from "./gathered-notices.ts";

it("tells once what is about several functions, in their order, and all else at once", () => {
  const told: RunEvent[] = [];
  const names = ["f1", "f2", "f3", "f4", "f5", "f6", "f7"];
  const notices = gatherNotices(names, (event) => told.push(event));
  for (const name of names.toReversed()) {
    notices.emit({ type: "notice", message: `${name}: boto3 is left to the runtime: see there.` });
    if (name < "f3") notices.emit({ type: "notice", message: `${name}: another thing.` });
  }
  const others: RunEvent[] = [
    { type: "notice", message: "Installing uv: once" },
    { type: "bundle", function: "f1", status: "start" },
  ];
  for (const event of others) notices.emit(event);
  expect(told).toEqual(others);
  notices.tell();
  notices.tell();
  expect(told.slice(2)).toEqual([
    { type: "notice", message: "f1, f2, f3, f4, f5 and 2 more: boto3 is left to the runtime: see there." },
    { type: "notice", message: "f1, f2: another thing." },
  ]);
});
