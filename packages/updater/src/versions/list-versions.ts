import type { DeploymentRecord, Deployments, RecordOutcome, RecordSummary } from "@sluice/artifact";
import type { Actor } from "@sluice/core";
import pMap from "p-map";
import type { Caller } from "../call.ts";
import { readDescription } from "../status/read-description.ts";
import { type AliasOfVersions, type FunctionVersion, readAliases, readVersions } from "./read-versions.ts";

/** A function version, who points to it, and where it comes from. */
export interface ListedVersion extends FunctionVersion {
  /** Aliases that send calls to it; `share` is the part of the alias's calls, above 0 and at most 1. */
  readonly aliases: readonly { readonly name: string; readonly share: number }[];
  /** What became of it when it was deployed last; `null` when no record says. */
  readonly outcome: RecordOutcome | null;
  /** 40 hexadecimal digits from a record, the first 12 from its description. */
  readonly commit: string | null;
  readonly packageVersion: string | null;
  /** ISO 8601. */
  readonly deployedAt: string | null;
  readonly who: Actor | null;
}

/** Records that are looked through, the newest. */
const LIMIT = 100;

/**
 * Lists the published versions of a function, the newest first, with their aliases and what records say of them.
 *
 * @throws AWS's errors, and the store's
 */
export async function listVersions(
  caller: Caller,
  deployments: Deployments | null,
  place: Parameters<Deployments["list"]>[0],
): Promise<readonly ListedVersion[]> {
  const [versions, aliases, summaries] = await Promise.all([
    readVersions(caller),
    readAliases(caller),
    deployments?.list(place, LIMIT) ?? [],
  ]);
  return pMap(
    versions,
    async (version): Promise<ListedVersion> => {
      const summary = summaries.find((each) => isOf(each, version));
      const record = summary === undefined ? null : ((await deployments?.read(summary)) ?? null);
      return { ...version, aliases: aliasesOn(version, aliases), ...told(version, record) };
    },
    { concurrency: 8 },
  );
}

/** A deleted function that was made again counts its versions anew: the digest has to be the same. */
function isOf(summary: RecordSummary, { version, digest }: FunctionVersion): boolean {
  return summary.version === version && summary.digest === digest;
}

function aliasesOn(
  { version }: FunctionVersion,
  aliases: readonly AliasOfVersions[],
): ListedVersion["aliases"] {
  return aliases.flatMap((alias) => {
    const others = Object.values(alias.weights).reduce((sum, share) => sum + share, 0);
    const share = alias.version === version ? 1 - others : alias.weights[version];
    return share === undefined ? [] : [{ name: alias.name, share: Math.round(share * 1e6) / 1e6 }];
  });
}

type Told = Pick<ListedVersion, "outcome" | "commit" | "packageVersion" | "deployedAt" | "who">;

function told({ description, digest }: FunctionVersion, record: DeploymentRecord | null): Told {
  if (record !== null) {
    const { outcome, commit, packageVersion, at, who } = record;
    return { outcome, commit, packageVersion, deployedAt: at, who };
  }
  const read = readDescription(description);
  const own = read?.digest === digest ? read : null;
  const { commit = null, packageVersion = null } = own ?? {};
  return { outcome: null, commit, packageVersion, deployedAt: null, who: null };
}
