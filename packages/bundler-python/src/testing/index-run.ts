import { join } from "node:path";
import { createRedactor, type ResolvedFunction } from "@sluice/core";
import type { PythonRun } from "../run.ts";

export interface RunDraft {
  /** Absolute path of a temporary folder: the repository is `repo`, the user's cache `cache`, the home folder the folder itself. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly findLinks?: readonly string[];
}

/** What the doors to indexes read of a run; it waits for nothing, and says in `pauses` how long it was asked to. */
export function indexRun({ folder, env = {}, signal, findLinks = [] }: RunDraft): {
  readonly run: PythonRun;
  readonly pauses: readonly number[];
} {
  const pauses: number[] = [];
  const all = { HOME: folder, PIP_CONFIG_FILE: "/dev/null", UV_NO_CONFIG: "1", ...env };
  const silent = (): void => {};
  const repo = join(folder, "repo");
  const run: PythonRun = {
    where: "functions.tiny",
    fn: { name: "tiny", python: { findLinks } } as unknown as ResolvedFunction,
    target: { runtime: "python3.13", minor: 13, architecture: "arm64", glibc: [2, 34] },
    root: repo,
    repository: repo,
    cache: join(repo, ".sluice", "cache"),
    home: join(folder, "cache"),
    context: {
      cwd: repo,
      env: all,
      log: { error: silent, warn: silent, info: silent, debug: silent },
      redact: createRedactor(all),
      signal: signal ?? new AbortController().signal,
      concurrency: 8,
      emit: silent,
      now: Date.now,
      sleep: async (milliseconds) => {
        pauses.push(milliseconds);
      },
    },
  };
  return { run, pauses };
}
