import type { Redactor } from "./redact.ts";

export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

/** Lines for people, on stderr, redacted. */
export interface Logger {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/** What a reporter may show while a run goes on. Plain data; nobody's control flow depends on it. */
export type RunEvent =
  | { readonly type: "notice"; readonly message: string }
  | {
      readonly type: "bundle";
      readonly function: string;
      readonly status: "start" | "done";
      readonly detail?: string;
    }
  | {
      readonly type: "target";
      readonly target: string;
      readonly region: string;
      readonly status: "start" | "step" | "done";
      readonly detail?: string;
    };

/** The outer world of a run, injected so that tests can give another. */
export interface RunContext {
  /** Absolute path of the function repository. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly redact: Redactor;
  /** Aborted by SIGINT and SIGTERM: start nothing new, let the call under way finish. */
  readonly signal: AbortSignal;
  /** How many functions or targets are worked on at once. */
  readonly concurrency: number;
  /** Whether somebody said so on the command line or in the environment; else whoever waits more than it computes may do more. */
  readonly concurrencyGiven?: boolean;
  readonly emit: (event: RunEvent) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Waits, or rejects with the signal's reason when cancelled. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}
