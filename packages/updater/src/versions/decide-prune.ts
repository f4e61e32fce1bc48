import type { AliasOfVersions, FunctionVersion } from "./read-versions.ts";

/** What keeps old function versions from being deleted. */
export interface Needs {
  /** How many of the newest stay. */
  readonly keep: number;
  readonly aliases: readonly AliasOfVersions[];
  /** Bound to an event source mapping. */
  readonly mapped: ReadonlySet<string>;
  /** Function version → why it has to stay, as for a rollback. */
  readonly needed: ReadonlyMap<string, string>;
}

/** A function version that stays though it is older than those that are kept anyway. */
export interface Kept {
  readonly version: string;
  /** For people. */
  readonly why: string;
}

export interface PruneDecision {
  /** To be deleted, the oldest first. */
  readonly goes: readonly FunctionVersion[];
  readonly stays: readonly Kept[];
}

/** Decides which function versions nothing needs any more. Pure. */
export function decidePrune(versions: readonly FunctionVersion[], needs: Needs): PruneDecision {
  const goes: FunctionVersion[] = [];
  const stays: Kept[] = [];
  for (const each of beyond(versions, needs.keep)) {
    const why = needOf(each.version, needs);
    if (why === null) goes.push(each);
    else stays.push({ version: each.version, why });
  }
  return { goes, stays };
}

/** Older versions than the newest `keep`, the oldest first. */
export function beyond(versions: readonly FunctionVersion[], keep: number): readonly FunctionVersion[] {
  const newestFirst = [...versions].sort((one, other) => Number(other.version) - Number(one.version));
  return newestFirst.slice(keep).reverse();
}

function needOf(version: string, { aliases, mapped, needed }: Needs): string | null {
  const named = aliases.find((alias) => alias.version === version || version in alias.weights);
  if (named !== undefined) return `alias ${named.name} names it`;
  if (mapped.has(version)) return "an event source mapping is bound to it";
  return needed.get(version) ?? null;
}
