import { artifactErrors } from "./errors.ts";

/** A JSON object on the way to a typed value, with the name that it has in errors. */
export interface Fields {
  readonly value: Readonly<Record<string, unknown>>;
  readonly where: string;
  /** As `files[3].`; empty at the top. */
  readonly prefix: string;
}

type Check<T> = (value: unknown) => value is T;

/** The key of `fields` as `check` wants it. Every key is required; what is not known is written as `null`. */
export function field<T>(fields: Fields, key: string, check: Check<T>, expected: string): T {
  const value = Object.hasOwn(fields.value, key) ? fields.value[key] : undefined;
  if (check(value)) return value;
  const found = value === undefined ? "is missing" : `is not ${expected}`;
  throw artifactErrors.manifest(fields.where, `\`${fields.prefix}${key}\` ${found}`);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
export const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
export const isMode = (value: unknown): value is number => isCount(value) && value <= 0o777;
export const isList = (value: unknown): value is unknown[] => Array.isArray(value);
export const isTexts = (value: unknown): value is string[] => isList(value) && value.every(isText);
export const isTextRecord = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((each) => typeof each === "string");
export const isBooleanOrNull = (value: unknown): value is boolean | null =>
  value === null || typeof value === "boolean";
export const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
/** A git object name: 40 digits of SHA-1, or 64 in a repository with SHA-256. */
export const isCommitOrNull = (value: unknown): value is string | null =>
  value === null || (typeof value === "string" && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value));
export const isSha256 = (value: unknown): value is string =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
