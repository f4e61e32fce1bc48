import { closest, distance } from "fastest-levenshtein";
import * as v from "valibot";
import type { Problem } from "../problem.ts";
import { configErrors } from "./errors.ts";
import { configSchema, NOT_YET } from "./schema.ts";
import { readUnknownKey } from "./schema-parts.ts";
import type { Config } from "./types.ts";

/** The known key that `key` is probably a slip of, or `null` when none is near. */
export function nearestOf(key: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const lower = new Map(known.map((name) => [name.toLowerCase(), name]));
  const candidate = closest(key.toLowerCase(), [...lower.keys()]);
  const limit = Math.max(2, Math.floor(key.length / 3));
  return distance(key.toLowerCase(), candidate) <= limit ? (lower.get(candidate) ?? null) : null;
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  return v.getDotPath(issue) ?? "";
}

function describe(input: unknown): string {
  if (input === undefined) return "it is missing";
  if (input === null || typeof input === "number" || typeof input === "boolean")
    return `it is ${String(input)}`;
  if (typeof input === "string")
    return `it is ${JSON.stringify(input.length > 60 ? `${input.slice(0, 57)}…` : input)}`;
  if (Array.isArray(input)) return "it is a list";
  return `it is ${typeof input === "object" ? describeObject(input) : `a ${typeof input}`}`;
}

function describeObject(input: object): string {
  const keys = Object.keys(input);
  if (keys.length === 0) return "an empty object";
  return `an object with ${keys.slice(0, 5).join(", ")}${keys.length > 5 ? ", …" : ""}`;
}

function toProblem(file: string, issue: v.BaseIssue<unknown>): Problem {
  const path = pathOf(issue);
  const unknown = readUnknownKey(issue.message);
  if (unknown !== null) {
    const where = `${file}: ${path === "" ? "" : `${path}.`}${unknown.unknownKey}`;
    if (NOT_YET.has(unknown.unknownKey)) return configErrors.notYet(where, unknown.unknownKey);
    return configErrors.unknownKey(
      where,
      unknown.unknownKey,
      nearestOf(unknown.unknownKey, unknown.knownKeys),
      unknown.knownKeys,
    );
  }
  const where = `${file}: ${path === "" ? "(the whole)" : path}`;
  const ofObject = issue.type === "object" || issue.type === "loose_object";
  // What an object lacks is an issue of the object, which expects the key.
  const lacks = ofObject && issue.input === undefined && issue.expected?.startsWith('"') === true;
  const known = lacks ? "is needed" : ofObject ? "must be an object" : issue.message;
  const message = known.startsWith("Invalid ") ? "is not valid" : known;
  return configErrors.invalid(
    where,
    `\`${path === "" ? "configuration" : path}\` ${message}; ${describe(issue.input)}.`,
  );
}

/**
 * Checks one configuration file's value against the schema.
 *
 * @param file - name to show in each problem's place
 * @returns every problem at once; the value is only to be used when there is none
 */
export function validateConfig(
  value: unknown,
  file: string,
): { readonly config: Config; readonly problems: readonly Problem[] } {
  const result = v.safeParse(configSchema, value);
  const issues = (result.issues ?? []) as unknown as v.BaseIssue<unknown>[];
  return { config: value as Config, problems: issues.map((issue) => toProblem(file, issue)) };
}
