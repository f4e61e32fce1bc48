import type { Actor, Digest } from "@sluice/core";

/** What became of the code that a deployment brought. */
export type RecordOutcome =
  /** Callers have it. */
  | "live"
  /** It did not pass its test, or its rollout. */
  | "rejected"
  /** Something was written, and callers do not have it. */
  | "failed"
  | "conflict";

/** What callers had before. */
export interface Predecessor {
  readonly version: string | null;
  readonly digest: Digest | null;
  readonly codeSha256: string | null;
  readonly commit: string | null;
}

export interface RecordedLayer {
  /** Name in the configuration. */
  readonly layer: string;
  readonly digest: Digest;
}

/** One deployment of one target: written once, and never changed. */
export interface DeploymentRecord {
  readonly schema: 1;
  readonly environment: string;
  /** Name in the configuration. */
  readonly function: string;
  /** Name in AWS, never an ARN. */
  readonly target: string;
  readonly region: string;
  readonly account: string | null;
  readonly alias: string | null;
  readonly command: "deploy" | "promote" | "rollback";
  readonly outcome: RecordOutcome;
  readonly digest: Digest;
  /** Base64, as AWS gives it. */
  readonly codeSha256: string;
  /** Function version that has the code; `null` when none was published. */
  readonly version: string | null;
  readonly predecessor: Predecessor | null;
  readonly commit: string | null;
  /** Object name of the commit's tree. */
  readonly tree: string | null;
  /** When the commit was made, ISO 8601; `null` when it is not known, as in records of before it was written down. */
  readonly committedAt: string | null;
  readonly dirty: boolean | null;
  readonly branch: string | null;
  readonly packageVersion: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly who: Actor;
  readonly reason: string;
  /** Package version of Sluice, empty when it is not known. */
  readonly sluice: string;
  readonly layers: readonly RecordedLayer[];
  /** URI by digest of a container image. */
  readonly image: string | null;
}

/** What a record's key alone tells. */
export interface RecordSummary {
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  readonly commit: string | null;
  readonly version: string | null;
  readonly outcome: RecordOutcome;
  readonly digest: Digest;
}

/** Whose records. */
export interface RecordPlace {
  readonly environment: string;
  /** Name in AWS, never an ARN. */
  readonly target: string;
  readonly region: string;
}

/** What one commit came to in one target. */
export interface CommitEntry {
  /** Name in the configuration. */
  readonly function: string;
  readonly target: string;
  readonly region: string;
  readonly digest: Digest;
  readonly version: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly image: string | null;
  readonly layers: readonly RecordedLayer[];
}

/** What a run left behind. */
export interface NotedRun {
  readonly commit: string | null;
  /** What is live of what it looked at. */
  readonly entries: readonly CommitEntry[];
  /** Targets of which it is not known what is live. */
  readonly unknown: readonly Pick<CommitEntry, "target" | "region">[];
}

/** What the last run of an environment noted. */
export interface LiveNote {
  /** Whether that run found the very same, or had it from runs before. Read once more when it looked at something else. */
  has(run: NotedRun): Promise<boolean>;
  /** What was live after it, each of it recorded. Read once. */
  entries(): Promise<readonly CommitEntry[]>;
  /** Notes what was live after this run, all of which is recorded. What it did not look at stays as it was noted before. */
  replace(run: NotedRun): Promise<void>;
}

/** Who holds an environment. */
export interface LeaseHolder {
  readonly holder: string;
  /** ISO 8601, by the holder's clock. */
  readonly since: string;
  /** ISO 8601, by the clock of whoever asks: when it expires unless it is renewed. */
  readonly until: string;
}

export interface AcquireOptions {
  /** Milliseconds to wait for whoever holds it; 0 to fail at once, `Infinity` for as long as it takes. */
  readonly waitMs: number;
  /** Told once who is waited for. */
  onWait(holder: LeaseHolder): void;
  /** Ends the waiting, with its reason. */
  readonly signal?: AbortSignal;
}

export interface Lease {
  /** Aborted when the lease was lost: to another run, or since it could not be renewed in time. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds, by the store's clock, for which nobody had touched the lease when it was acquired: who planned within them
   * planned alone. `null` where the store does not tell its time, `Infinity` when there never was one.
   */
  readonly quietMs: number | null;
  /** Lets the next run have it at once. Leaves alone what is another's by now, and never fails: else it ends by itself. */
  release(): Promise<void>;
}

export interface EnvironmentLease {
  /**
   * @param holder - for people: user and machine, or CI job, and the command
   * @throws `SLUICE_LEASE_HELD`
   */
  acquire(holder: string, options: AcquireOptions): Promise<Lease>;
  /** Who holds it now; `null` when nobody does. */
  show(): Promise<LeaseHolder | null>;
}

/** What was deployed: records of targets, what each commit came to, and who is at it. */
export interface Deployments {
  /** Newest first; 20 unless told. */
  list(place: RecordPlace, limit?: number): Promise<readonly RecordSummary[]>;
  /** @throws `SLUICE_RECORD_INVALID` */
  read(summary: RecordSummary): Promise<DeploymentRecord>;
  /** The newest record of code that callers got. */
  newestLive(place: RecordPlace): Promise<RecordSummary | null>;
  /** Writes a record unless the very same one is there; never over another. */
  write(record: DeploymentRecord): Promise<void>;
  /** Writes down what a commit came to, unless that is what was written last. */
  writeCommit(environment: string, commit: string, entries: readonly CommitEntry[]): Promise<void>;
  /** What was written of a commit, merged: the newest for each function and region. */
  readCommit(environment: string, commit: string): Promise<readonly CommitEntry[]>;
  /** What the last run of the environment left behind. One list. */
  lastNote(environment: string): Promise<LiveNote>;
  lease(environment: string): EnvironmentLease;
}
