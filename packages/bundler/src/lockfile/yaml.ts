// This module is loaded late, with its only users: most runs read no lockfile. No require that a bundler cannot follow: the
// command is one file, with nothing installed beside it.
import { loadAll } from "js-yaml";
import { lockfileInvalid } from "./errors.ts";
import { isTable, type Table } from "./value.ts";

/** Where js-yaml stopped, line counted from 0. */
interface Marked {
  readonly reason?: string;
  readonly mark?: { readonly line?: number };
}

/** The documents of a lockfile that is YAML. */
export function parseYaml(path: string, text: string): Table[] {
  let documents: unknown[];
  try {
    documents = loadAll(text, { filename: path });
  } catch (error) {
    const { reason, mark } = error as Marked;
    const line = typeof mark?.line === "number" ? mark.line + 1 : null;
    throw lockfileInvalid(path, line, `it is not valid YAML (${reason ?? "unknown reason"})`, error);
  }
  const tables = documents.filter(isTable);
  if (tables.length === 0) throw lockfileInvalid(path, 1, "it is empty");
  return tables;
}
