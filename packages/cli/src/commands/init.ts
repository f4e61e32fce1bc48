import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { CONFIG_FILES } from "@sluice/core";
import { cliErrors } from "../errors.ts";
import { type FoundHandler, findHandlers } from "../init/find-handlers.ts";
import { nameFunctions } from "../init/function-names.ts";
import { flagOption, type Session } from "../session.ts";

interface Manifest {
  readonly name?: unknown;
  readonly scripts?: { readonly deploy?: unknown };
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}

/** The repository's package.json; empty without one, or with one that is none: neither keeps `init` from its work. */
async function readManifest(cwd: string): Promise<Manifest> {
  try {
    return (JSON.parse(await readText(join(cwd, "package.json"))) ?? {}) as Manifest;
  } catch {
    return {};
  }
}

/** `@acme/orders` → `orders`. */
function unscoped(name: unknown): string | null {
  return typeof name === "string" ? (name.split("/").at(-1) ?? name) : null;
}

function entryOf({ path, exportName }: FoundHandler): string {
  return exportName === "handler" ? path : `${path}#${exportName}`;
}

/** What is left to do by hand, in order. */
async function nextSteps(cwd: string, manifest: Manifest): Promise<string[]> {
  const ignored = /^\/?\.sluice\/?\s*$/m.test(await readText(join(cwd, ".gitignore")));
  return [
    "correct the names: they are those that the functions have in AWS",
    ...(manifest.scripts?.deploy === undefined
      ? ['add "deploy": "sluice deploy" to the scripts of package.json']
      : []),
    ...(ignored ? [] : ["add .sluice/ to .gitignore"]),
    "npx sluice doctor, then npx sluice plan --environment dev",
  ];
}

/** The text of a first `sluice.config.ts`. */
export function configText(functions: ReadonlyMap<string, string>, region: string): string {
  const lines = [...functions].map(([name, path]) => `    ${JSON.stringify(name)}: ${JSON.stringify(path)},`);
  return `import { defineConfig } from "sluice";

export default defineConfig({
  functions: {
${lines.join("\n")}
  },
  // develop → dev, release/* and hotfix/* → staging, main or master → prod.
  // \`account\` makes a deployment with the wrong credentials impossible: add it.
  environments: {
    dev: { region: ${JSON.stringify(region)}, name: "{function}-dev" },
    staging: { region: ${JSON.stringify(region)}, name: "{function}-staging" },
    prod: { region: ${JSON.stringify(region)}, name: "{function}" },
  },
});
`;
}

/** `sluice init` */
export async function init(session: Session): Promise<number> {
  const { context, colors, say } = session;
  const { cwd, env } = context;
  const existing = CONFIG_FILES.find((name) => existsSync(join(cwd, name)));
  if (existing !== undefined && !flagOption(session.arguments, "yes"))
    throw cliErrors.configExists(join(cwd, existing));
  const handlers = await findHandlers(cwd);
  if (handlers.length === 0) throw cliErrors.nothingFound(cwd);
  const manifest = await readManifest(cwd);
  const named = nameFunctions(handlers, unscoped(manifest.name) ?? basename(cwd));
  const functions = new Map([...named].map(([name, handler]) => [name, entryOf(handler)]));
  const file = join(cwd, "sluice.config.ts");
  const text = configText(functions, env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? "eu-west-1");
  await writeFile(file, text).catch((error: unknown) => {
    throw cliErrors.unwritable(file, error);
  });
  for (const [name, path] of functions) say(`  ${colors.bold(name)}  ${colors.dim(path)}`);
  say(`\nWrote sluice.config.ts with ${functions.size} function${functions.size === 1 ? "" : "s"}. Next:`);
  const steps = await nextSteps(cwd, manifest);
  for (const [index, step] of steps.entries()) say(`  ${index + 1}. ${step}`);
  if (session.json)
    session.printJson({ schema: 1, command: "init", file, functions: Object.fromEntries(functions) });
  return 0;
}
