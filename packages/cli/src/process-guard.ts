import { writeSync } from "node:fs";
import { EXIT_CODES } from "@sluice/core";

/** Keeps what a configuration, a plugin or a closed pipe does to the process from spoiling the run. */
export interface ProcessGuard {
  /** Writes to the real stdout; what anybody else prints goes to stderr, so that results stay whole. */
  readonly writeResult: (text: string) => void;
  /** Rejects with an error that nobody handled: a timer's, or a promise's that was left alone. */
  readonly unhandled: Promise<never>;
  /** Ends the process with `code` once everything is written, whatever still runs. */
  readonly finish: (code: number) => Promise<void>;
}

/** Said with synchronous writes by a process that is ending: nothing else would get out. */
function sayEnded(json: boolean): void {
  const error = {
    code: "SLUICE_ENDED_EARLY",
    message: "The process was ended before sluice was done.",
    hint: "Something in the configuration or a plugin called process.exit(), or waits for what never comes.",
  };
  writeSync(2, `✗ ${error.message}\n  ${error.code}\n  → ${error.hint}\n`);
  if (json)
    writeSync(1, `${JSON.stringify({ schema: 1, command: null, error, errors: [error] }, null, 2)}\n`);
}

/** Waits until a stream has taken everything, or never will. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.errored) resolve();
    else stream.write("", () => resolve());
  });
}

/**
 * Installs the guard on a process.
 *
 * @param json - whether stdout is to carry a JSON document whatever happens
 */
export function guardProcess(process: NodeJS.Process, json: boolean): ProcessGuard {
  const { stdout, stderr } = process;
  const writeResult = stdout.write.bind(stdout) as (text: string) => boolean;
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  // A reader that went away (`| head`) or a full disk behind the pipe is no reason to stop a deployment halfway.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  let finished = false;
  process.on("exit", (code) => {
    if (finished || code === EXIT_CODES.interrupted) return;
    process.exitCode = EXIT_CODES.usage;
    sayEnded(json);
  });
  const unhandled = new Promise<never>((_, reject) => {
    process.on("unhandledRejection", reject);
    process.on("uncaughtException", reject);
  });
  unhandled.catch(() => undefined);
  return {
    writeResult: (text) => {
      writeResult(text);
    },
    unhandled,
    finish: async (code) => {
      process.exitCode = code;
      stdout.write = writeResult as typeof stdout.write;
      await Promise.all([drained(stdout), drained(stderr)]);
      finished = true;
      process.exit();
    },
  };
}
