import { expect, it } from "vitest";
import { DEPLOY_MILESTONES, phasesOf } from "./phases.ts";
import type { ProbeEvent } from "./probe.ts";

const event = (kind: ProbeEvent["kind"], what: string, start: number, end = start): ProbeEvent => ({
  kind,
  what,
  start,
  end,
});

const ready = event("ready", "node", 30);
const chunk = event("file", "readFile file:///dist/chunks/main-AAAAAAAA.js", 32);
const config = event("file", "existsSync /r/sluice.config.ts", 60);
const transpiled = event("file", "readFileSync /r/.sluice/cache/config/r-sluice.config.1.mjs", 80);
const git = event("process", "git status", 62, 70);
const record = event("file", "readFileSync /r/.sluice/cache/orders.json", 100);
const sdk = event("file", "readFile file:///dist/chunks/lambda-BBBBBBBB.js", 120);
const calls = [event("request", "POST /", 160, 240), event("request", "GET /functions", 161, 225)];

const shape = (events: readonly ProbeEvent[]) =>
  phasesOf(events, 260, DEPLOY_MILESTONES).map(({ name, start, milliseconds, files }) => [
    name,
    start,
    milliseconds,
    files,
  ]);

it("cuts a run into phases that add up to the whole", () => {
  expect(shape([ready, chunk, config, git, transpiled, record, sdk, ...calls])).toEqual([
    ["Node.js starts", 0, 30, 0],
    ["command is loaded", 30, 30, 1],
    ["configuration", 60, 40, 2],
    ["build check", 100, 20, 1],
    ["SDK is loaded", 120, 40, 1],
    ["calls", 160, 80, 0],
    ["report and exit", 240, 20, 0],
  ]);
});

it("has a phase for bundling when esbuild is started", () => {
  const esbuild = event("process", "/node_modules/@esbuild/linux-x64/bin/esbuild --service", 105, 118);
  const names = shape([ready, config, record, esbuild, sdk, ...calls]).map(([name, , took]) => [name, took]);
  expect(names.slice(3, 6)).toEqual([
    ["build check", 5],
    ["bundling", 15],
    ["SDK is loaded", 40],
  ]);
});

it("leaves out what a run does not come by", () => {
  expect(shape([ready, chunk, config]).map(([name, , took]) => [name, took])).toEqual([
    ["Node.js starts", 30],
    ["command is loaded", 30],
    ["configuration", 200],
  ]);
});
