import { parse } from "smol-toml";
import { pylockErrors } from "./errors.ts";

/** A table of TOML, nothing of which is known yet. */
export type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads values out of tables, and names the key of one that is not what it should be. */
export interface Reader {
  text(table: Table, key: string): string | null;
  texts(table: Table, key: string): readonly string[] | null;
  table(table: Table, key: string): Table | null;
  tables(table: Table, key: string): readonly Table[];
  fail(reason: string): Error;
}

/** @param where - the file, or `packages.NAME` after it, for errors */
export function createReader(where: string): Reader {
  const fail = (reason: string): Error => pylockErrors.invalid(where, reason);
  const expected = (key: string, what: string): Error => fail(`\`${key}\` is not ${what}`);
  return {
    fail,
    text(table, key) {
      const value = table[key];
      if (value !== undefined && typeof value !== "string") throw expected(key, "a string");
      return value ?? null;
    },
    texts(table, key) {
      const value = table[key];
      if (value === undefined) return null;
      if (!Array.isArray(value) || !value.every((item) => typeof item === "string"))
        throw expected(key, "a list of strings");
      return value;
    },
    table(table, key) {
      const value = table[key];
      if (value !== undefined && !isTable(value)) throw expected(key, "a table");
      return value ?? null;
    },
    tables(table, key) {
      const value = table[key] ?? [];
      if (!Array.isArray(value) || !value.every(isTable)) throw expected(key, "a list of tables");
      return value;
    },
  };
}

/**
 * @returns the document, whose version is one that this package knows
 * @throws `SLUICE_PYTHON_PYLOCK_INVALID`
 */
export function readDocument(text: string, where: string): Table {
  let document: Table;
  try {
    document = parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : "";
    throw pylockErrors.invalid(where, `it is not TOML (${reason})`, error);
  }
  const version = document["lock-version"];
  if (typeof version !== "string") throw pylockErrors.invalid(where, "it has no `lock-version`");
  // PEP 751: a minor version only adds, another major one may mean anything.
  if (!/^1(?:\.\d+)?$/.test(version))
    throw pylockErrors.invalid(where, `its format is version ${JSON.stringify(version)}`);
  return document;
}
