import { statSync } from "node:fs";
import { resolve } from "node:path";
import {
  createCancellation,
  createRedactor,
  type Logger,
  type LogLevel,
  type RunContext,
  type RunEvent,
  redactValues,
  type SluiceError,
  sleep,
} from "@sluice/core";
import type { Arguments } from "./arguments.ts";
import { cliErrors } from "./errors.ts";
import type { ProcessGuard } from "./process-guard.ts";
import { type Colors, createColors } from "./terminal/colors.ts";
import { wrap } from "./terminal/problems.ts";
import { createProgress } from "./terminal/progress.ts";

/** What a command gets: its arguments, and the world to work in. */
export interface Session {
  readonly arguments: Arguments;
  readonly context: RunContext;
  readonly colors: Colors;
  /** stdout: the result that was asked for, redacted, and a newline if it has none. */
  readonly print: (text: string) => void;
  /** stdout: one JSON document, its texts redacted. */
  readonly printJson: (value: unknown) => void;
  /** stderr: lines for people at level `info`. */
  readonly say: (text: string) => void;
  readonly json: boolean;
  /** Functions or targets at once, from the configuration; the command line and the environment are stronger. */
  readonly suggestConcurrency: (count: number | null) => void;
  /** Whether the command line or the environment says how many. */
  readonly concurrencyGiven: boolean;
  /** Runs what must not be left halfway: an interruption waits for its end. */
  readonly undisturbed: <T>(work: () => Promise<T>) => Promise<T>;
  /** Rejects when the run is interrupted while nothing is {@link undisturbed}. */
  readonly interrupted: Promise<never>;
  /** Ends the run as an interruption does: what is under way is finished. */
  readonly cancel: (reason: SluiceError) => void;
  /** Reports an error the way the command reports everything else, once it knows how; else `null`. */
  reportFailure: ((error: SluiceError) => Promise<void>) | null;
  /** Reads the whole of standard input. */
  readonly readInput: () => Promise<string>;
  readonly dispose: () => void;
}

const LEVELS: readonly LogLevel[] = ["silent", "error", "warn", "info", "debug"];

/** Twice the writes that two round trips a second allow, and still within Lambda's 15 requests/s. */
const DEFAULT_CONCURRENCY = 8;

export function textOption(args: Arguments, name: string): string | undefined {
  const value = args.options[name];
  return typeof value === "string" ? value : undefined;
}

export function numberOption(args: Arguments, name: string): number | undefined {
  const value = args.options[name];
  return typeof value === "number" ? value : undefined;
}

export function flagOption(args: Arguments, name: string): boolean {
  return args.options[name] === true;
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * The environment that the run works with. `--endpoint-url` is stronger than every variable that names an endpoint or
 * switches such variables off.
 */
export function environmentOf(
  env: Readonly<Record<string, string | undefined>>,
  endpoint: string | undefined,
): Readonly<Record<string, string | undefined>> {
  if (endpoint === undefined) return { ...env };
  const weaker = /^AWS_(?:ENDPOINT_URL_.+|IGNORE_CONFIGURED_ENDPOINT_URLS)$/;
  const kept = Object.entries(env).filter(([name]) => !weaker.test(name));
  return { ...Object.fromEntries(kept), AWS_ENDPOINT_URL: endpoint };
}

/** Builds the session of a process from its arguments. */
export function createSession(process: NodeJS.Process, args: Arguments, guard: ProcessGuard): Session {
  const cwd = resolve(process.cwd(), textOption(args, "cwd") ?? ".");
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw cliErrors.folderNotFound(cwd);
  const env = environmentOf(process.env, textOption(args, "endpoint-url"));
  const json = flagOption(args, "json");
  const level = (textOption(args, "log-level") ?? "info") as LogLevel;
  const isTerminal = process.stderr.isTTY === true;
  const colors = createColors({ isTerminal, noColor: flagOption(args, "no-color"), env });
  const redact = createRedactor(env);
  const quiet = LEVELS.indexOf(level) < LEVELS.indexOf("info");
  const progress = createProgress(process.stderr, !json && !quiet && env["CI"] === undefined);
  const write = (wanted: LogLevel) => (message: string) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(wanted)) return;
    progress.clear();
    process.stderr.write(`${redact(message)}\n`);
    progress.redraw();
  };
  const warn = write("warn");
  const log: Logger = {
    error: write("error"),
    warn: (message) => warn(`${colors.yellow("!")} ${message}`),
    info: write("info"),
    debug: (message) => write("debug")(colors.dim(message)),
  };
  const emit = (event: RunEvent): void => {
    if (event.type === "notice") log.info(`${colors.dim("·")} ${wrap(event.message, 78).join("\n  ")}`);
    else progress.handle(event);
  };
  const cancellation = createCancellation(process);
  const given = numberOption(args, "concurrency");
  let concurrency = given ?? DEFAULT_CONCURRENCY;
  let undisturbed = 0;
  const interrupted = new Promise<never>((_, reject) => {
    cancellation.signal.addEventListener("abort", () => {
      if (undisturbed === 0) reject(cancellation.signal.reason);
    });
  });
  interrupted.catch(() => undefined);
  const context: RunContext = {
    cwd,
    env,
    log,
    redact,
    signal: cancellation.signal,
    get concurrency() {
      return concurrency;
    },
    concurrencyGiven: given !== undefined,
    emit,
    now: () => Date.now(),
    sleep: (milliseconds) => sleep(milliseconds, cancellation.signal),
  };
  return {
    arguments: args,
    context,
    colors,
    print: (text) => {
      progress.clear();
      guard.writeResult(text.endsWith("\n") ? redact(text) : `${redact(text)}\n`);
    },
    printJson: (value) => {
      progress.clear();
      guard.writeResult(`${JSON.stringify(redactValues(value, redact), null, 2)}\n`);
    },
    suggestConcurrency: (count) => {
      concurrency = given ?? count ?? DEFAULT_CONCURRENCY;
    },
    concurrencyGiven: given !== undefined,
    undisturbed: async (work) => {
      undisturbed += 1;
      try {
        return await work();
      } finally {
        undisturbed -= 1;
      }
    },
    interrupted,
    cancel: cancellation.cancel,
    reportFailure: null,
    say: log.info,
    json,
    readInput: () => readAll(process.stdin),
    dispose: () => {
      progress.clear();
      cancellation.dispose();
    },
  };
}
