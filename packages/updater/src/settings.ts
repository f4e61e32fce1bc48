import type { openAws, resolveRegions } from "@sluice/aws";
import { nearestOf } from "@sluice/core";
import { optionInvalid } from "./errors.ts";

/** Options of {@link updateExisting}. */
export interface UpdateExistingOptions {
  /**
   * Writes package version, commit and digest into the description of each function version, not of the alias alone.
   * Default `false`. Costs a call more, and is not atomic: the code is updated first and published second.
   */
  readonly describeVersions?: boolean;
  /** Seconds that Lambda may take to make an update ready. Default 300. */
  readonly waitSeconds?: number;
  /**
   * Reads many functions of a region by ListFunctions where that takes fewer calls. Default `true`; `false` where the role must
   * not list functions.
   */
  readonly listFunctions?: boolean;
}

/** The door to AWS, as `@sluice/aws` gives it. */
export interface Door {
  readonly openAws: typeof openAws;
  readonly resolveRegions: typeof resolveRegions;
}

/** The options with every default filled in, and the door. */
export interface Settings extends Door {
  readonly describeVersions: boolean;
  readonly waitMilliseconds: number;
  readonly listFunctions: boolean;
}

const KINDS: Readonly<Record<keyof UpdateExistingOptions, "boolean" | "number above 0">> = {
  describeVersions: "boolean",
  waitSeconds: "number above 0",
  listFunctions: "boolean",
};

/**
 * Checks the options, which a configuration without types may have wrong, and fills in the defaults.
 *
 * @throws SLUICE_STRATEGY_OPTION_INVALID
 */
export function settle(options: UpdateExistingOptions, door: Door): Settings {
  for (const [name, value] of Object.entries(options)) checkOption(name, value);
  return {
    ...door,
    describeVersions: options.describeVersions ?? false,
    waitMilliseconds: (options.waitSeconds ?? 300) * 1000,
    listFunctions: options.listFunctions ?? true,
  };
}

function checkOption(name: string, value: unknown): void {
  const known = Object.keys(KINDS);
  const kind = (KINDS as Readonly<Record<string, string | undefined>>)[name];
  if (kind === undefined) {
    const nearest = nearestOf(name, known);
    const hint = nearest === null ? `The options are ${known.join(", ")}.` : `Did you mean ${nearest}?`;
    throw optionInvalid(name, `updateExisting() has no option "${name}".`, hint);
  }
  const valid =
    value === undefined ||
    (kind === "boolean" ? typeof value === "boolean" : typeof value === "number" && value > 0);
  if (!valid) throw optionInvalid(name, `"${name}" is not a ${kind}.`, "Correct it, or leave it out.");
}
