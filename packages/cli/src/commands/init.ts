import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, extname, join, relative } from "node:path";
import { CONFIG_FILES } from "@sluice/core";
import { cliErrors } from "../errors.ts";
import { flagOption, type Session } from "../session.ts";

/** Folders that hold no sources of functions. */
const SKIPPED = new Set(["node_modules", "dist", "build", "coverage", "test", "tests", "__tests__"]);
const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const NOT_SOURCE = /\.(?:test|spec|d|config)\.[cm]?[jt]sx?$/;

/** How a module exports `handler`, in ESM and CommonJS. */
const EXPORTS_HANDLER = [
  /\bexport\s+(?:async\s+)?function\s+handler\b/,
  /\bexport\s+(?:const|let|var)\s+handler\b/,
  /\bexport\s*\{[^}]*\bhandler\b[^}]*\}/,
  /\b(?:module\.)?exports\.handler\s*=/,
  /\bmodule\.exports\s*=\s*\{[^}]*\bhandler\b/,
];

async function sourcesIn(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return depth > 0 && !entry.name.startsWith(".") && !SKIPPED.has(entry.name)
          ? sourcesIn(path, depth - 1)
          : [];
      return SOURCE.test(entry.name) && !NOT_SOURCE.test(entry.name) ? [path] : [];
    }),
  );
  return found.flat().sort();
}

async function handlersIn(folder: string): Promise<string[]> {
  const handlers: string[] = [];
  for (const path of await sourcesIn(folder, 4)) {
    const text = await readFile(path, "utf8");
    if (EXPORTS_HANDLER.some((pattern) => pattern.test(text)))
      handlers.push(relative(folder, path).replaceAll("\\", "/"));
  }
  return handlers;
}

/** `src/orders/index.ts` → `orders`, `src/orders.ts` → `orders`, made unique by what stands before it. */
function nameOf(path: string, taken: ReadonlySet<string>): string {
  const stem = basename(path, extname(path));
  const parts = path.split("/").slice(0, -1);
  const name = ["index", "handler", "main", "app", "lambda"].includes(stem) ? (parts.at(-1) ?? stem) : stem;
  const clean = (text: string): string => text.replace(/[^a-zA-Z0-9-_]+/g, "-");
  return taken.has(clean(name)) ? clean(`${parts.join("-")}-${stem}`) : clean(name);
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
  const handlers = await handlersIn(cwd);
  if (handlers.length === 0) throw cliErrors.nothingFound(cwd);
  const functions = new Map<string, string>();
  for (const path of handlers) functions.set(nameOf(path, new Set(functions.keys())), path);
  const file = join(cwd, "sluice.config.ts");
  const text = configText(functions, env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? "eu-west-1");
  await writeFile(file, text).catch((error: unknown) => {
    throw cliErrors.unwritable(file, error);
  });
  for (const [name, path] of functions) say(`  ${colors.bold(name)}  ${colors.dim(path)}`);
  say(`\nWrote sluice.config.ts with ${functions.size} function${functions.size === 1 ? "" : "s"}. Next:`);
  say("  1. correct the names: they are those that the functions have in AWS");
  say('  2. add "deploy": "sluice deploy" to the scripts of package.json,');
  say("     and .sluice/ to .gitignore");
  say("  3. npx sluice doctor, then npx sluice plan --environment dev");
  if (session.json)
    session.printJson({ schema: 1, command: "init", file, functions: Object.fromEntries(functions) });
  return 0;
}
