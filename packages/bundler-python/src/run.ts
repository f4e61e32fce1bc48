import type { ResolvedFunction, RunContext } from "@sluice/core";
import type { PythonTarget } from "./target.ts";

/** What everything that is done for one function, or layer, is given. */
export interface PythonRun {
  /** `functions.NAME` or `layers.NAME`, for errors. */
  readonly where: string;
  readonly fn: ResolvedFunction;
  readonly target: PythonTarget;
  /** Real path of the repository's root: the folder of the configuration. */
  readonly root: string;
  /** Real path of the folder that has `.git`, else the root: nothing above it is looked at. */
  readonly repository: string;
  /** Absolute path of `.sluice/cache` of the function repository. */
  readonly cache: string;
  /** Absolute path of the cache that all repositories of the user share: tools and wheels. */
  readonly home: string;
  readonly context: RunContext;
}
