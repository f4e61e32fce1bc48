import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Loaded into the process before the command, so that "no answer within the time-out" takes a second, not a minute. Nothing in the
 * product knows of it. Its time-outs of requests are 60 s and more (`setRequestTimeout` of @smithy/node-http-handler starts a timer
 * of that many); an invocation's of 16 minutes stays.
 */
const SOURCE = `
const real = globalThis.setTimeout;
const shortened = (delay) => (delay >= 60_000 && delay < 900_000 ? 1_000 : delay);
globalThis.setTimeout = Object.assign(
  (callback, delay, ...args) => real(callback, shortened(delay), ...args),
  real,
);
`;

/** Writes the module into a folder; gives Node.js' options that load it. */
export async function shortTimeouts(folder: string): Promise<readonly string[]> {
  const file = join(folder, "short-timeouts.mjs");
  await writeFile(file, SOURCE);
  return ["--import", file];
}
