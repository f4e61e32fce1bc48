import { expect, it } from "vitest";
import { momentOf } from "./since.ts";

const NOW = Date.UTC(2026, 0, 31, 12);

it.each([
  ["90s", "2026-01-31T11:58:30.000Z"],
  ["10m", "2026-01-31T11:50:00.000Z"],
  ["1.5h", "2026-01-31T10:30:00.000Z"],
  ["2d", "2026-01-29T12:00:00.000Z"],
  ["2026-01-30", "2026-01-30T00:00:00.000Z"],
  ["2026-01-30T10:00", "2026-01-30T10:00:00.000Z"],
  ["2026-01-30 10:00:05", "2026-01-30T10:00:05.000Z"],
  ["2026-01-30T10:00+02:00", "2026-01-30T08:00:00.000Z"],
  ["2026-01-30T10:00:00.5Z", "2026-01-30T10:00:00.500Z"],
])("%s is %s", (text, moment) => {
  expect(new Date(momentOf(text, NOW)).toISOString()).toBe(moment);
});

it.each(["", "10", "m", "-5m", "10 minutes", "yesterday", "2026-13-45", "10m ago"])(
  "%j is no time",
  (text) => {
    expect(() => momentOf(text, NOW)).toThrow(expect.objectContaining({ code: "SLUICE_OPTION_INVALID" }));
  },
);
