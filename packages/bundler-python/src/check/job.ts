/** What the process that loads a handler is told. */
export interface Job {
  /** Begins each line of the answer, so that nothing that the module under check writes is taken for one. */
  readonly token: string;
  /** Absolute path of the unpacked package. */
  readonly root: string;
  /** Absolute path of the folder that stands for `/opt`; `null` without layers. */
  readonly layers: string | null;
  /** `null`: only the syntax is checked. */
  readonly handler: string | null;
  /** Own files, by their paths in the package. */
  readonly own: readonly string[];
  /** Names of modules, in lower case and maybe dotted, that are empty where they are in neither package nor layers. */
  readonly standIns: readonly string[];
  /** What a missing environment variable has: nothing (`none`), a value by its name (`named`), or this text. */
  readonly placeholders: string;
}

/** A place in the package: a path there, or one that begins with `/opt/`. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** An exception as data. */
export interface Failure {
  readonly type: string;
  /** Names of its class and the classes above. */
  readonly kinds: readonly string[];
  readonly message: string;
  /** Innermost last. */
  readonly frames: readonly Place[];
  /** Whether the cause is one that the code names (`raise … from`). */
  readonly explicit: boolean;
  /** Of a module that was not found its name. */
  readonly missing: string | null;
  /** Whether that is a module of Python itself, which this machine's lacks. */
  readonly ofPython: boolean;
  /** Of an error of the file system the path in the package; `null` for one elsewhere. */
  readonly path: string | null;
  readonly syntax: { readonly file: string | null; readonly line: number; readonly column: number } | null;
  readonly cause: Failure | null;
}

/** How loading ended. */
export type Verdict =
  | { readonly kind: "function" }
  /** Nothing was loaded: the job had no handler. */
  | { readonly kind: "unloaded" }
  | { readonly kind: "malformed" }
  | { readonly kind: "builtin"; readonly module: string }
  | {
      readonly kind: "missing";
      readonly name: string;
      readonly module: string;
      readonly callables: readonly string[];
      /** Of the module, in the package. */
      readonly file: string | null;
      /** The module is one of Python itself, which hides that of the package. */
      readonly ofPython: boolean;
    }
  /** `found`: the class of what is there instead. */
  | { readonly kind: "value"; readonly found: string }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The module ended the process. */
  | { readonly kind: "exit"; readonly code: string };

/** One line of the answer. */
export type Answer =
  | { readonly type: "started" }
  /** Something that is off in the check was tried: `connect to localhost:6379`. */
  | { readonly type: "off"; readonly what: string }
  | {
      readonly type: "verdict";
      readonly verdict: Verdict;
      /** Of own files that do not compile and were not imported. */
      readonly syntax: readonly Failure[];
      /** Environment variables that were asked for and that nobody gave, the last one last. */
      readonly variables: readonly string[];
      /** Modules that were empty. */
      readonly stubbed: readonly string[];
    };
