import type { RefName } from "../ref-name.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** What CI says that it runs for. */
export interface CiClaim extends RefName {
  /** As in `ci:github`. */
  readonly service: string;
  /** The commit that CI names; it may be abbreviated, or be a merge that only CI made. */
  readonly commit: string | null;
  /**
   * What the branch's name may be instead, which only the repository can tell: `remote`: it may begin with a remote's
   * name; `tag`: it may be a tag.
   */
  readonly doubt: "remote" | "tag" | null;
}

/** One service: how to know it, and how to read it. Pure, but for the event file of GitHub. */
export interface CiService {
  readonly name: string;
  /** The variable that only this service sets. */
  readonly sign: string;
  readonly read: (env: Variables) => Omit<CiClaim, "service">;
}

/** The first of `names` that has a value; CI sets what it does not know to an empty text. */
export function given(env: Variables, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}
