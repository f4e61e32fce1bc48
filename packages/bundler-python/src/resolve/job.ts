import { join } from "node:path";
import { createRedactor, type Redactor } from "@sluice/core";
import type { Dependencies } from "../dependencies.ts";
import type { IndexClient } from "../index/client.ts";
import { shownUrl } from "../index/errors.ts";
import type { PythonRun } from "../run.ts";

/** What one resolution works with. */
export interface Job {
  readonly run: PythonRun;
  readonly dependencies: Dependencies;
  readonly index: IndexClient;
  /** For everything that a resolver prints. */
  readonly redact: Redactor;
  /** Absolute path of a folder for temporary files. */
  readonly scratch: string;
  /** Normalized names that something else than the package provides. */
  readonly provided: readonly string[];
}

/** Knows the secrets of the run, of the files, of index addresses, named indexes and the netrc. */
export function resolverRedactor(run: PythonRun, dependencies: Dependencies, index: IndexClient): Redactor {
  const { env, redact } = run.context;
  const users = Object.entries(env).flatMap(([name, value]) =>
    /^UV_INDEX_.+_(USERNAME|PASSWORD)$/.test(name) && value ? [value] : [],
  );
  const own = createRedactor({}, [...users, ...index.settings.secrets, ...dependencies.secrets]);
  return (text) => own(redact(text));
}

/** Addresses of the indexes that are asked, as they may be shown. */
export function indexesOf({ index }: Pick<Job, "index">): string[] {
  return index.settings.indexes.map(({ url }) => shownUrl(url));
}

/** Absolute paths of the folders with the repository's own wheels. */
export function ownWheels({ root, fn }: PythonRun): string[] {
  return fn.python.findLinks.map((folder) => join(root, folder));
}
