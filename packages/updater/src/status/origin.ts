import type { DeploymentRecord } from "@sluice/artifact";
import type { Digest } from "@sluice/core";
import type { FunctionState } from "../plan/observed.ts";
import type { KnownRecords } from "./known-records.ts";
import { liveDigest } from "./live-digest.ts";
import type { Description } from "./read-description.ts";
import type { Origin } from "./types.ts";

/** What there is to compare live code with. */
export interface Evidence {
  /** `null` without a store. */
  readonly records: KnownRecords | null;
  /** What the alias's description says; `null` when it was not read or says nothing. */
  readonly description: Description | null;
}

const NOTHING: Origin = {
  drift: null,
  commit: null,
  packageVersion: null,
  deployedAt: null,
  who: null,
  reason: "",
  expected: null,
};

export const ABSENT: Origin = { ...NOTHING, drift: "absent", reason: "the function does not exist" };

/** Of a function whose code could not be compared with anything. */
export const UNTOLD: Origin = NOTHING;

/** Where live code comes from, by its CodeSha256. Pure. */
export function originOf(live: FunctionState, { records, description }: Evidence): Origin {
  if (live.codeSha256 === null) return { ...NOTHING, drift: "code", reason: versionDeleted(live) };
  const digest = liveDigest(live.codeSha256);
  if (records === null) return byDescription(live, digest, description);
  const { newestLive, ofThisCode } = records;
  if (newestLive === null) {
    const reason = "no record of a deployment knows this code";
    return { ...asModified(live), ...told(ofThisCode), drift: "unknown-origin", reason };
  }
  if (hasCodeOf(newestLive, live, digest)) return { ...NOTHING, ...told(newestLive), drift: "none" };
  const { version, commit, at } = newestLive;
  return {
    ...asModified(live),
    ...told(ofThisCode),
    drift: "code",
    reason: whyOther(ofThisCode, digest, description),
    expected: { digest: newestLive.digest, version, commit, deployedAt: at },
  };
}

const versionDeleted = ({ version }: FunctionState): string =>
  `its alias stands on function version ${version}, which was deleted: callers get an error`;

function hasCodeOf(record: DeploymentRecord, live: FunctionState, digest: Digest | null): boolean {
  return record.codeSha256 === live.codeSha256 || record.digest === digest;
}

function told(record: DeploymentRecord | null): Partial<Origin> {
  if (record === null) return {};
  const { commit, packageVersion, at, who } = record;
  return { commit, packageVersion, deployedAt: at, who };
}

function asModified({ lastModified }: FunctionState): Origin {
  const time = Date.parse(lastModified ?? "");
  return { ...NOTHING, deployedAt: Number.isNaN(time) ? null : new Date(time).toISOString() };
}

function whyOther(
  ofThisCode: DeploymentRecord | null,
  digest: Digest | null,
  description: Description | null,
): string {
  if (ofThisCode?.outcome === "rejected") return "a function version is live that was rejected";
  if (ofThisCode !== null) return "older code is live again, and no record says who brought it back";
  if (description !== null && description.digest === digest)
    return "its alias names this code, and no record does: the run that deployed it was cut off, or had no store";
  return "this code was not deployed by Sluice: it was changed by hand or by another tool";
}

/** Without records, the description counts if, and only if, it names the very code that is live. */
function byDescription(live: FunctionState, digest: Digest | null, description: Description | null): Origin {
  if (description === null) {
    const reason = "nothing tells where this code comes from: there is neither a record nor a description";
    return { ...asModified(live), drift: "unknown-origin", reason };
  }
  if (description.digest !== digest) {
    const reason = "its alias's description names other code than the alias has";
    return { ...asModified(live), drift: "unknown-origin", reason };
  }
  const { commit, packageVersion } = description;
  return { ...asModified(live), drift: "none", commit, packageVersion };
}
