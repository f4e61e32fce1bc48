import type { Cause } from "./cause.ts";

/** What became of one handler. */
export interface Result {
  /** Relative to the corpus. */
  readonly file: string;
  readonly exportName: string;
  /** Runtime that it was bundled for. */
  readonly runtime: string;
  /** Modules that were named as what its layers have. */
  readonly provided: readonly string[];
  /** `unproved`: bundled, but what it does when it is loaded kept the import check from a verdict. */
  readonly outcome: "passed" | "unproved" | "failed";
  /** `null` when it passed. */
  readonly cause: Cause | null;
  /** Error code; `null` when it was bundled. */
  readonly code: string | null;
  /** In one line, for people. */
  readonly reason: string;
  /** What the user is told to do. */
  readonly hint: string;
  /** What the user is told beside. */
  readonly notices: readonly string[];
  /** Bytes of the zip; `null` when there is none. */
  readonly sizeBytes: number | null;
}
