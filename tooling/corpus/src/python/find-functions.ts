import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Architecture } from "@sluice/core";
import { glob } from "tinyglobby";
import { readChalice } from "./chalice.ts";
import type { Declared } from "./declared.ts";
import { mentionedIn } from "./mentioned.ts";
import { requirementsOf } from "./requirements.ts";
import { readTemplate } from "./sam-template.ts";
import { readServerless } from "./serverless-yml.ts";

/** A Python function with dependencies in somebody's repository. */
export interface PythonFunction {
  /** Absolute path of the folder that would hold its configuration. */
  readonly root: string;
  /** Absolute path of its module. */
  readonly file: string;
  readonly exportName: string;
  /** The handler string in AWS. */
  readonly handler: string;
  /** What the repository says, in service or not; `null` when it does not tell. */
  readonly declaredRuntime: string | null;
  readonly architecture: Architecture;
  readonly env: Declared["env"];
  readonly layered: boolean;
}

const IGNORED = [
  ...["**/node_modules/**", "**/.sluice/**", "**/.aws-sam/**", "**/cdk.out/**", "**/site-packages/**"],
  ...["**/{test,tests}/**", "**/test_*.py", "**/*.test.py", "**/*{{*"],
];

/** A function, or what wraps one: frameworks give a handler by calling something of theirs. */
const HANDLER =
  /^(?:async )?def (lambda_handler|lambdaHandler|handler|lambda_function)\s*\(|^(lambda_handler|handler)\s*=(?!\s*(?:logging\b|[\w.]*Handler\())/m;

/** The file of a handler string, and the function in it; `null` when the repository has no such file. */
function moduleOf({ code, handler }: Declared): { file: string; exportName: string } | null {
  const dot = handler.lastIndexOf(".");
  const module = handler.slice(0, Math.max(0, dot));
  const exportName = handler.slice(dot + 1);
  const paths = [module, module.replaceAll(".", "/")].flatMap((path) => [
    `${path}.py`,
    `${path}/__init__.py`,
  ]);
  const file = paths.map((path) => resolve(code, path)).find((path) => existsSync(path));
  return file === undefined ? null : { file, exportName };
}

/** The folder that has both. */
function above(one: string, other: string): string {
  let at = one;
  while (at !== other && !other.startsWith(at + sep) && dirname(at) !== at) at = dirname(at);
  return at;
}

function declaredFunction(declared: Declared): PythonFunction[] {
  const module = moduleOf(declared);
  if (module === null || requirementsOf(dirname(module.file), declared.code) === null) return [];
  const { runtime, architecture, env, layered, handler } = declared;
  const root = above(declared.root, dirname(module.file));
  return [{ root, ...module, handler, declaredRuntime: runtime, architecture, env, layered }];
}

function lone(corpus: string, path: string): PythonFunction[] {
  const file = join(corpus, path);
  const [, defined, assigned] = HANDLER.exec(readFileSync(file, "utf8")) ?? [];
  const exportName = defined ?? assigned;
  if (exportName === undefined) return [];
  const { root, handler, runtime, architecture, layered } = mentionedIn(file, exportName, corpus);
  const requirements = requirementsOf(dirname(file), root);
  if (requirements === null) return [];
  const module = relative(dirname(requirements), file).replace(/\.py$/, "").split(sep).join(".");
  return [
    {
      ...{ root, file, exportName, architecture, env: {}, layered },
      handler: handler ?? `${module}.${exportName}`,
      declaredRuntime: runtime,
    },
  ];
}

/** What each kind of template is read by. */
const READERS: readonly (readonly [pattern: string, read: (path: string) => readonly Declared[]])[] = [
  ["**/*{template,sam,stack,cloudformation,cfn}*.{yml,yaml,json}", readTemplate],
  ["**/serverless.{yml,yaml}", readServerless],
  ["**/.chalice/config.json", readChalice],
];

/**
 * Finds Python functions that have dependencies written down: those that templates of SAM, CloudFormation, the Serverless Framework and
 * Chalice declare, then modules that define a handler by its usual name. Each once, in code-unit order of their files.
 */
export async function findPythonFunctions(corpus: string): Promise<readonly PythonFunction[]> {
  const found = new Map<string, PythonFunction>();
  const add = (functions: readonly PythonFunction[]): void => {
    for (const each of functions) {
      const key = `${each.file}#${each.exportName}`;
      if (!found.has(key) && each.file.startsWith(corpus + sep)) found.set(key, each);
    }
  };
  for (const [pattern, read] of READERS) {
    const templates = await glob(pattern, { cwd: corpus, ignore: IGNORED, dot: true });
    for (const path of templates.sort()) add(read(join(corpus, path)).flatMap(declaredFunction));
  }
  const declaredFiles = new Set([...found.values()].map(({ file }) => file));
  for (const path of (await glob("**/*.py", { cwd: corpus, ignore: IGNORED })).sort())
    if (!declaredFiles.has(join(corpus, path))) add(lone(corpus, path));
  return [...found.values()].sort((one, other) => (one.file < other.file ? -1 : 1));
}
