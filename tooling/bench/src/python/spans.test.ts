import { expect, it } from "vitest";
import type { ProbeEvent } from "../deploy/probe.ts";
import { spanLines, spansOf } from "./spans.ts";

const event = (kind: ProbeEvent["kind"], what: string, start: number, end: number): ProbeEvent => ({
  kind,
  what,
  start,
  end,
});

const events = [
  event("file", "readFileSync /r/both.config.ts", 50, 51),
  event("file", "readFile /r/requirements.txt", 60, 61),
  event("process", "/bin/uv pip compile --python-version 3.13", 62, 400),
  event("request", "GET /simple/numpy/", 70, 90),
  event("request", "GET /files/numpy-1-py3-none-any.whl", 410, 600),
  event("request", "GET /files/tzdata-1-py3-none-any.whl", 412, 500),
  event("file", "readFile /c/wheels/ab/numpy-1-py3-none-any.whl", 610, 640),
  event("file", "open /r/.sluice/artifacts/.report-arm64.zip.1.tmp", 900, 910),
];

it("gives each part from its first beginning to its last end", () => {
  expect(spansOf(events)).toEqual([
    { name: "configuration", start: 50, end: 51, count: 1 },
    { name: "requirements", start: 60, end: 61, count: 1 },
    { name: "uv", start: 62, end: 400, count: 1 },
    { name: "pages of the index", start: 70, end: 90, count: 1 },
    { name: "downloads", start: 410, end: 600, count: 2 },
    { name: "wheels are opened", start: 610, end: 640, count: 1 },
    { name: "zips are written", start: 900, end: 910, count: 1 },
  ]);
});

it("prints medians", () => {
  const later = events.map((one) => ({ ...one, start: one.start + 10, end: one.end + 10 }));
  const lines = spanLines([events, later, later].map(spansOf));
  expect(lines).toContain("  downloads                   420      610        2");
});
