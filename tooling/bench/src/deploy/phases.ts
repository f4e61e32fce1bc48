import type { ProbeEvent } from "./probe.ts";

/** A stretch of the process's life, from its own beginning to that of the next one. */
export interface Phase {
  readonly name: string;
  /** Milliseconds since the process was started. */
  readonly start: number;
  readonly milliseconds: number;
  /** Calls to the file system that fall into it, the loading of modules included. */
  readonly files: number;
}

/** How the beginning of a phase is recognised. */
export interface Milestone {
  readonly name: string;
  readonly begins: (event: ProbeEvent) => boolean;
}

/** A call to the file system whose name and path match. */
export const reads =
  (pattern: RegExp) =>
  (event: ProbeEvent): boolean =>
    event.kind === "file" && pattern.test(event.what);

/** In the order in which every command comes by. */
export const START_MILESTONES: readonly Milestone[] = [
  { name: "Node.js starts", begins: () => true },
  { name: "command is loaded", begins: (event) => event.kind === "ready" },
  { name: "configuration", begins: reads(/\.config\.ts$/) },
];

/** In the order in which `sluice deploy` comes by; each is looked for after the one before. */
export const DEPLOY_MILESTONES: readonly Milestone[] = [
  ...START_MILESTONES,
  { name: "build check", begins: reads(/\.sluice[/\\]cache[/\\](?!config)/) },
  { name: "bundling", begins: ({ kind, what }) => kind === "process" && what.includes("esbuild") },
  { name: "SDK is loaded", begins: reads(/[/\\](?:lambda|sts)-\w+\.js$/) },
  { name: "calls", begins: (event) => event.kind === "request" },
];

/**
 * Cuts the time of one run into phases. A milestone that a run does not come by belongs to the phase before.
 *
 * @param events - of one process
 * @param exit - milliseconds from the process's start to its end
 */
export function phasesOf(
  events: readonly ProbeEvent[],
  exit: number,
  milestones: readonly Milestone[],
): readonly Phase[] {
  const ordered = events.toSorted((a, b) => a.start - b.start);
  const begun: { name: string; start: number }[] = [{ name: "Node.js starts", start: 0 }];
  for (const { name, begins } of milestones.slice(1)) {
    const from = begun.at(-1)?.start ?? 0;
    const found = ordered.find((event) => event.start >= from && begins(event));
    if (found !== undefined) begun.push({ name, start: found.start });
  }
  const answered = Math.max(...events.filter((event) => event.kind === "request").map((event) => event.end));
  if (Number.isFinite(answered)) begun.push({ name: "report and exit", start: answered });
  return begun.map(({ name, start }, index) => {
    const end = begun[index + 1]?.start ?? exit;
    const files = ordered.filter(
      (event) => event.kind === "file" && event.start >= start && event.start < end,
    );
    return { name, start, milliseconds: end - start, files: files.length };
  });
}
