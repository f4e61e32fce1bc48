/** What became of one handler. */
export interface Result {
  /** Relative to the corpus. */
  readonly file: string;
  readonly exportName: string;
  /** `unproved`: bundled, but what it does when it is loaded kept the import check from a verdict. */
  readonly outcome: "passed" | "unproved" | "failed";
  /** Error code; `null` when it passed. */
  readonly code: string | null;
  /** In one line, for people. */
  readonly reason: string;
  /** Bytes of the zip; `null` when there is none. */
  readonly sizeBytes: number | null;
}
