import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Problem, ResolvedPython } from "@sluice/core";
import { isSluiceError } from "@sluice/core";
import { createFixture } from "fs-fixture";
import type { Dependencies } from "../dependencies.ts";
import { findDependencies } from "../requirements/find-dependencies.ts";
import type { PythonRun } from "../run.ts";
import { pythonTarget } from "../target.ts";

export interface Case extends Partial<ResolvedPython> {
  /** Path of the entry's folder from the root. */
  readonly entry?: string;
  /** Path of the configuration's folder from the repository's root. */
  readonly root?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly runtime?: string;
}

type Texts = Readonly<Record<string, string | Buffer>>;

/** Finds a function's dependencies in a repository of these files; paths in the answer start at `/`, its root. */
export async function dependenciesIn(texts: Texts, options: Case = {}): Promise<Dependencies | null> {
  await using fixture = await createFixture({ ...texts, "lambda.py": "" });
  const repository = await realpath(fixture.path);
  const { entry = ".", root = ".", env = {}, runtime = "python3.13", ...python } = options;
  const target = pythonTarget(runtime, "arm64");
  const run = {
    where: "functions.orders",
    fn: { python: { requirements: null, groups: [], extras: [], findLinks: [], ...python } },
    target,
    root: join(repository, root),
    repository,
    context: { env },
  } as unknown as PythonRun;
  return relocated(await findDependencies(run, join(repository, entry)), repository);
}

/** The problem that comes up instead. */
export async function problemIn(texts: Texts, options: Case = {}): Promise<Problem> {
  try {
    await dependenciesIn(texts, options);
  } catch (error) {
    if (isSluiceError(error)) return error.problems[0];
    throw error;
  }
  throw new Error("nothing was wrong");
}

/** The lines that a resolver is given. */
export function linesOf(dependencies: Dependencies | null): string[] {
  if (dependencies?.request.type !== "requirements") return [];
  return (dependencies.request.text ?? "").split("\n").filter((line) => line !== "");
}

function relocated<T>(value: T, folder: string): T {
  if (typeof value === "string") return value.replaceAll(folder, "") as T;
  if (Array.isArray(value)) return value.map((each) => relocated(each, folder)) as T;
  if (value instanceof Map || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, relocated(each, folder)])) as T;
}
