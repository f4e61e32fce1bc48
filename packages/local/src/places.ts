import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RunContext } from "@sluice/core";
import type { LocalOptions } from "./local-aws.ts";

/** Where things are: absolute paths. */
export interface Places {
  /** Cache of installations. */
  readonly home: string;
  /** Folder of the running instance. */
  readonly state: string;
  /** Whether {@link state} is the default, under a folder that this package may remove once it is empty. */
  readonly defaultState: boolean;
  readonly stateFile: string;
  readonly envFile: string;
  readonly log: string;
  readonly lock: string;
  /** Makes a running instance's folders. */
  readonly temporary: string;
}

function cacheHome(env: RunContext["env"]): string {
  if (env["SLUICE_LOCAL_CACHE"]) return env["SLUICE_LOCAL_CACHE"];
  return join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "sluice");
}

/** Finds the places for these options. */
export function placesOf(options: LocalOptions, { cwd, env }: RunContext): Places {
  const state = resolve(cwd, options.state ?? join(".sluice", "local"));
  return {
    home: resolve(cwd, options.home ?? cacheHome(env)),
    state,
    defaultState: options.state === undefined,
    stateFile: join(state, "state.json"),
    envFile: join(state, "env"),
    log: join(state, "ministack.log"),
    lock: join(state, "lock"),
    // Not in the repository: what a bundle lacks would be found in the repository's node_modules, and its
    // package.json would say which module system the function's files are in.
    temporary: resolve(env["TMPDIR"] || tmpdir()),
  };
}
