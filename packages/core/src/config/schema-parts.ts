import * as v from "valibot";

/** What a strict object allows, remembered so that a rule can name the nearest known key. */
export interface UnknownKey {
  readonly unknownKey: string;
  readonly knownKeys: readonly string[];
}

/** Marks an issue as being about an unknown key; `v.strictObject` stops at the first one and knows no neighbours. */
const UNKNOWN_KEY = "unknown-key:";

/** An object of known keys. Every unknown key is an issue of its own. */
export function strict(entries: v.ObjectEntries): v.GenericSchema<unknown> {
  const knownKeys = Object.keys(entries);
  return v.pipe(
    v.looseObject(entries),
    v.rawCheck(({ dataset, addIssue }) => {
      const value: unknown = dataset.value;
      if (typeof value !== "object" || value === null) return;
      for (const key of Object.keys(value)) {
        if (knownKeys.includes(key)) continue;
        const unknown: UnknownKey = { unknownKey: key, knownKeys };
        addIssue({ message: UNKNOWN_KEY + JSON.stringify(unknown) });
      }
    }),
  );
}

/** Reads back what {@link strict} put into an issue's message, or `null` for any other issue. */
export function readUnknownKey(message: string): UnknownKey | null {
  return message.startsWith(UNKNOWN_KEY)
    ? (JSON.parse(message.slice(UNKNOWN_KEY.length)) as UnknownKey)
    : null;
}

/**
 * Objects go to one schema and everything else to another. A union would do for valid values, but its issues say only that
 * nothing fitted.
 */
export function objectOr(
  objects: v.GenericSchema<unknown>,
  others: v.GenericSchema<unknown>,
): v.GenericSchema<unknown> {
  return v.lazy((input) =>
    typeof input === "object" && input !== null && !Array.isArray(input) ? objects : others,
  );
}

export const text = (what: string): v.GenericSchema<string> =>
  v.pipe(v.string(`must be ${what}`), v.trim(), v.nonEmpty(`must be ${what}, not empty`));
export const flag: v.GenericSchema<boolean> = v.boolean("must be true or false");
export const texts = (what: string): v.GenericSchema<string[]> =>
  v.array(text(what), `must be a list: each ${what}`);
export const count: v.GenericSchema<number> = v.pipe(
  v.number("must be a whole number"),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(1000, "must be at most 1000"),
);
export const object: v.GenericSchema<Readonly<Record<string, unknown>>> = v.custom<
  Readonly<Record<string, unknown>>
>((value) => typeof value === "object" && value !== null && !Array.isArray(value), "must be an object");
