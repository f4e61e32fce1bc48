import type { LocalSetting } from "./settings.ts";

/** Lambda's Node.js majors in service, as their runtimes `nodejs22.x` and `nodejs24.x` name them. */
export type NodeMajor = "22" | "24";

/** A running embedded AWS. */
export interface LocalAws {
  /** As `http://127.0.0.1:45671`. */
  readonly endpoint: string;
  readonly pid: number;
  readonly port: number;
  /** Absolute path of the folder that it lives in: its HOME and TMPDIR. */
  readonly folder: string;
  /** Absolute path of its log. */
  readonly log: string;
  /** Version of the Node.js that functions of this major run under; `null`: it could not be had, and {@link node} runs them. */
  readonly nodes: Readonly<Record<NodeMajor, string | null>>;
  /** Version of the Node.js that runs Sluice, and the functions of every other `nodejs` runtime. */
  readonly node: string;
  /** The runtime that functions of every `python` runtime really run under, as `python3.11`: MiniStack's own interpreter. */
  readonly python: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Version of MiniStack. */
  readonly version: string;
}

/** MiniStack's own variables, such as `{ AUTH: "true" }`, by which requests need a policy that allows them. */
export type LocalSettings = Readonly<Partial<Record<LocalSetting, string>>>;

export interface LocalOptions {
  /**
   * Cache that MiniStack and Node.js are installed into. Default: `SLUICE_LOCAL_CACHE`, else `sluice` in
   * `XDG_CACHE_HOME` or `~/.cache`.
   */
  readonly home?: string;
  /** Folder of the running instance. Default `.sluice/local` in the working folder. */
  readonly state?: string;
  /** Port to listen on. Default: a free one. */
  readonly port?: number;
  /** What a new instance is given besides; functions inherit it. One that runs already stays as it is. Default: nothing. */
  readonly settings?: LocalSettings;
}

/** What `sluice local status` shows. */
export interface LocalStatus {
  readonly running: boolean;
  /** `null` unless it runs. */
  readonly local: LocalAws | null;
  /** One was started here and has ended without `stop`: the next `start` or `stop` clears it away. */
  readonly stale: boolean;
}
