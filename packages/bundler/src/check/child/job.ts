/** Code of the error that code gets which tries something that is off. */
export const OFF = "ERR_SLUICE_NETWORK_OFF";

/** What the process that loads a handler is told, on its standard input. */
export interface Job {
  /** Begins each line of the answer. The module under check never sees it, so that it cannot answer in our place. */
  readonly token: string;
  /** Absolute path of the unpacked package. */
  readonly root: string;
  readonly handler: string;
  /** What an environment variable has that nobody gave: nothing, a value by its name, or this text. */
  readonly placeholders: "none" | "named" | { readonly value: string };
  readonly standIns: StandIns | null;
}

/** Packages that the runtime or a layer has, and where they are looked for instead. */
export interface StandIns {
  /** Package names, and scopes as `@aws-sdk/*`. */
  readonly packages: readonly string[];
  /** File URL from which they are resolved as if it imported them. */
  readonly from: string;
  /** Absolute path of the folder that stands for `/opt`, where the function's layers are; `null` without any. */
  readonly layers: string | null;
}

/** An error as data. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code: string | null;
  /** Of a file system error. */
  readonly path: string | null;
  readonly cause: Failure | null;
}

/** How loading ended. */
export type Verdict =
  | { readonly kind: "function" }
  /** `exports`: what the module exports. */
  | { readonly kind: "missing"; readonly exports: readonly string[] }
  /** `found`: `typeof` of what is there instead; `array` and `class` where it says more. */
  | { readonly kind: "value"; readonly found: string }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The module ended the process. */
  | { readonly kind: "exit"; readonly code: number }
  /** Nothing was left to wait for, and a top-level await still waits. */
  | { readonly kind: "unsettled" };

/** One line of the answer. */
export type Answer =
  | { readonly type: "started" }
  /** Something that is off in the check was tried: `connect to localhost:6379`. */
  | { readonly type: "off"; readonly what: string }
  | {
      readonly type: "verdict";
      readonly verdict: Verdict;
      /** Environment variables that were read and that nobody gave, the last one last. */
      readonly variables: readonly string[];
      /** Packages that an empty object stood in for. */
      readonly stubbed: readonly string[];
    };
