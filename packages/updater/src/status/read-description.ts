import { isDigest } from "@sluice/artifact";
import type { Digest } from "@sluice/core";

/** What `describe` wrote into the description of an alias or function version. */
export interface Description {
  readonly digest: Digest;
  readonly packageVersion: string | null;
  /** The first 12 digits. */
  readonly commit: string | null;
}

const COMMIT = /^([0-9a-f]{12})(?: dirty)?$/;

/** Reads a description back; `null` for one that somebody else wrote. */
export function readDescription(text: string): Description | null {
  const parts = text.split(" · ");
  const at = parts.findIndex(isDigest);
  const digest = parts[at];
  if (digest === undefined || !isDigest(digest)) return null;
  const commit = COMMIT.exec(parts[at - 1] ?? "")?.[1] ?? null;
  const packageVersion = parts.slice(0, commit === null ? at : at - 1).join(" · ") || null;
  return { digest, packageVersion, commit };
}
