import type { ProbeEvent } from "../deploy/probe.ts";
import { summarize } from "../statistics.ts";

/** A stretch of a run in which something went on, from its first beginning to its last end; stretches overlap. */
export interface Span {
  readonly name: string;
  /** Milliseconds since the process was started. */
  readonly start: number;
  readonly end: number;
  /** How often it went on. */
  readonly count: number;
}

type Which = (event: ProbeEvent) => boolean;

const requests =
  (pattern: RegExp): Which =>
  ({ kind, what }) =>
    kind === "request" && pattern.test(what);

const files =
  (pattern: RegExp): Which =>
  ({ kind, what }) =>
    kind === "file" && pattern.test(what);

const commands =
  (pattern: RegExp): Which =>
  ({ kind, what }) =>
    kind === "process" && pattern.test(what.split(" ", 1)[0] ?? "");

/** What a build of Python functions is seen to do from outside. */
const PARTS: readonly { readonly name: string; readonly is: Which }[] = [
  { name: "command is loaded", is: ({ kind }) => kind === "ready" },
  { name: "configuration", is: files(/\.config\.ts$/) },
  { name: "requirements", is: files(/^readFile\S* \S*(?:requirements|direct|growing)\.txt$/) },
  { name: "uv", is: commands(/(?:^|[/\\])uv$/) },
  { name: "pages of the index", is: requests(/ \/simple\//) },
  { name: "downloads", is: requests(/\.whl$/) },
  { name: "wheels are opened", is: files(/^readFile\S* .*\.whl$/) },
  { name: "workers", is: ({ kind }) => kind === "worker" },
  { name: "Python", is: commands(/(?:^|[/\\])python[\d.]*$/) },
  { name: "zips are written", is: files(/^(?:writeFile|open|rename)\S* .*artifacts\/.*\.zip/) },
  { name: "exit", is: ({ kind }) => kind === "exit" },
];

/** The parts of one run, without those that it does not come by. */
export function spansOf(events: readonly ProbeEvent[]): readonly Span[] {
  return PARTS.flatMap(({ name, is }) => {
    const own = events.filter(is);
    if (own.length === 0) return [];
    const start = Math.min(...own.map((event) => event.start));
    const end = Math.max(...own.map((event) => event.end));
    return [{ name, start, end, count: own.length }];
  });
}

const column = (value: number): string => value.toFixed(0).padStart(9);

/** Medians of several runs, as a table. */
export function spanLines(runs: readonly (readonly Span[])[]): readonly string[] {
  const names = PARTS.map(({ name }) => name).filter((name) => runs[0]?.some((span) => span.name === name));
  const lines = names.map((name) => {
    const same = runs.flatMap((spans) => spans.filter((span) => span.name === name));
    const median = (pick: (span: Span) => number): string => column(summarize(same.map(pick)).median);
    return `  ${name.padEnd(22)}${median(({ start }) => start)}${median(({ end }) => end)}${median(({ count }) => count)}`;
  });
  return [
    `  ${"what".padEnd(22)}${"from ms".padStart(9)}${"to ms".padStart(9)}${"times".padStart(9)}`,
    ...lines,
  ];
}
