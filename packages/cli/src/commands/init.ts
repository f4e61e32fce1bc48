import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { likelyHandler } from "@sluice/bundler-python";
import { findConfigFile, isSluiceError, type RunContext } from "@sluice/core";
import { cliErrors } from "../errors.ts";
import { configText, type FirstFunction, toolTables } from "../init/config-text.ts";
import { type FoundHandler, findHandlers } from "../init/find-handlers.ts";
import { nameFunctions } from "../init/function-names.ts";
import { projectName, withTables } from "../init/pyproject.ts";
import { flagOption, type Session } from "../session.ts";

const OWN_FILE = "sluice.config.ts";
const PYPROJECT = "pyproject.toml";

interface Manifest {
  readonly name?: unknown;
  readonly scripts?: { readonly deploy?: unknown };
}

/** What the repository's own files say; neither a broken package.json nor a broken pyproject.toml keeps `init` from looking. */
interface Surroundings {
  /** `null` without a package.json. */
  readonly manifest: Manifest | null;
  readonly pyproject: string;
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}

function parsed(text: string): Manifest {
  try {
    return (JSON.parse(text) ?? {}) as Manifest;
  } catch {
    return {};
  }
}

async function lookAround(cwd: string): Promise<Surroundings> {
  const file = join(cwd, "package.json");
  const manifest = existsSync(file) ? parsed(await readText(file)) : null;
  return { manifest, pyproject: await readText(join(cwd, PYPROJECT)) };
}

/** `@acme/orders` → `orders`. */
function unscoped(name: unknown): string | null {
  return typeof name === "string" ? (name.split("/").at(-1) ?? name) : null;
}

/** The function as the configuration has it: of a Python module with the handler string that it most likely has in AWS. */
async function firstFunction(handler: FoundHandler, context: RunContext): Promise<FirstFunction> {
  const { path, exportName, template = null } = handler;
  if (!path.endsWith(".py")) return exportName === "handler" ? path : `${path}#${exportName}`;
  const likely = template ?? (await likelyHandler(path, exportName, context));
  if (likely !== null) return { entry: path, handler: likely };
  return exportName === "lambda_handler" ? path : `${path}#${exportName}`;
}

/** What is left to do by hand, in order. */
async function nextSteps(cwd: string, { manifest }: Surroundings, isPython: boolean): Promise<string[]> {
  const ignored = /^\/?\.sluice\/?\s*$/m.test(await readText(join(cwd, ".gitignore")));
  const names = isPython ? "names and handlers" : "names";
  const isScript = manifest !== null && manifest.scripts?.deploy === undefined;
  return [
    `make the ${names} those that the functions have in AWS`,
    ...(isScript ? ['add "deploy": "sluice deploy" to the scripts of package.json'] : []),
    ...(ignored ? [] : ["add .sluice/ to .gitignore"]),
    "npx sluice doctor, then npx sluice plan --environment dev",
    ...(manifest === null ? ["npx sluice deploy: what CI runs on every push"] : []),
  ];
}

/** Refuses where a configuration is, unless it may be written anew: that is so for the file that this command writes. */
function checkNone(cwd: string, mayReplace: boolean): void {
  let existing: string;
  try {
    existing = findConfigFile(cwd);
  } catch (error) {
    if (isSluiceError(error) && error.code === "SLUICE_CONFIG_NOT_FOUND") return;
    throw error;
  }
  if (basename(existing) !== OWN_FILE || !mayReplace) throw cliErrors.configExists(existing);
}

/** Every handler that was found, under the name that it gets. */
async function nameAll(
  handlers: readonly FoundHandler[],
  { manifest, pyproject }: Surroundings,
  context: RunContext,
): Promise<ReadonlyMap<string, FirstFunction>> {
  const fallback = unscoped(manifest?.name) ?? projectName(pyproject) ?? basename(context.cwd);
  const named = [...nameFunctions(handlers, fallback)].map(
    async ([name, handler]) => [name, await firstFunction(handler, context)] as const,
  );
  return new Map(await Promise.all(named));
}

/** Where the configuration goes, and the whole text of that file. */
function written(
  functions: ReadonlyMap<string, FirstFunction>,
  inProject: boolean,
  { pyproject }: Surroundings,
  { cwd, env }: RunContext,
): { readonly file: string; readonly text: string } {
  const region = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? "eu-west-1";
  const file = join(cwd, inProject ? PYPROJECT : OWN_FILE);
  if (!inProject) return { file, text: configText(functions, region) };
  return { file, text: withTables(pyproject, toolTables(functions, region), file) };
}

/** `sluice init` */
export async function init(session: Session): Promise<number> {
  const { context, colors, say } = session;
  const { cwd } = context;
  checkNone(cwd, flagOption(session.arguments, "yes"));
  const handlers = await findHandlers(cwd);
  if (handlers.length === 0) throw cliErrors.nothingFound(cwd);
  const around = await lookAround(cwd);
  const functions = await nameAll(handlers, around, context);
  const isPython = handlers.some(({ path }) => path.endsWith(".py"));
  const inProject = isPython && around.manifest === null && !existsSync(join(cwd, OWN_FILE));
  const { file, text } = written(functions, inProject, around, context);
  await writeFile(file, text).catch((error: unknown) => {
    throw cliErrors.unwritable(file, error);
  });
  for (const [name, fn] of functions) {
    const shown = typeof fn === "string" ? fn : `${fn.entry}  handler ${fn.handler}`;
    say(`  ${colors.bold(name)}  ${colors.dim(shown)}`);
  }
  const where = inProject ? `[tool.sluice] in ${PYPROJECT}` : OWN_FILE;
  say(`\nWrote ${where} with ${functions.size} function${functions.size === 1 ? "" : "s"}. Next:`);
  const steps = await nextSteps(cwd, around, isPython);
  for (const [index, step] of steps.entries()) say(`  ${index + 1}. ${step}`);
  if (session.json)
    session.printJson({ schema: 1, command: "init", file, functions: Object.fromEntries(functions) });
  return 0;
}
