import { expect, it } from "vitest";
import { phasesOf } from "../deploy/phases.ts";
import type { ProbeEvent } from "../deploy/probe.ts";
import { BUILD_MILESTONES } from "./profile.ts";

const event = (kind: ProbeEvent["kind"], what: string, start: number): ProbeEvent => ({
  kind,
  what,
  start,
  end: start,
});

it("cuts a cold build where esbuild and the workers start, and where the first zip is written", () => {
  const events = [
    event("ready", "node", 30),
    event("file", "readFileSync /r/20.config.ts", 50),
    event("file", "mkdirSync /r/.sluice/artifacts", 60),
    event("process", "/node_modules/@esbuild/linux-x64/bin/esbuild --service", 70),
    event("worker", "", 3000),
    event("file", "writeFileSync /r/.sluice/artifacts/order-1.zip.tmp", 3300),
    event("exit", "process.exit", 4900),
  ];
  expect(phasesOf(events, 5000, BUILD_MILESTONES).map(({ name, start }) => [name, start])).toEqual([
    ["Node.js starts", 0],
    ["command is loaded", 30],
    ["configuration", 50],
    ["esbuild", 70],
    ["packages", 3000],
    ["first zip is written", 3300],
    ["exit", 4900],
  ]);
});
