import { existsSync, realpathSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { findHandlers } from "./find-handlers.ts";
import { findProjects } from "./find-projects.ts";
import { install } from "./install.ts";
import { findPythonFunctions, type PythonFunction } from "./python/find-functions.ts";
import { tryFunctions } from "./python/try-functions.ts";
import type { Result } from "./result.ts";
import { formatResults } from "./table.ts";
import { tryProject } from "./try-project.ts";

const HELP = `npm run corpus -- FOLDER [--install] [--language LANGUAGE] [--only TEXT] [--depth N] [--json FILE]

Bundles and import-checks every handler in a folder of function projects, and says why what failed did.

  --install            install each Node.js project's dependencies first, with npm and without their scripts
  --language LANGUAGE  node or python alone (default: both)
  --only TEXT          projects whose path has this text
  --depth N            folders by which results are summed (default 1)
  --json FILE          write every result

It writes node_modules and .sluice into the folder: give it a copy.
`;

function progress(done: number, all: number, folder: string, handlers: number): void {
  process.stderr.write(`${done}/${all} ${folder} (${handlers})\n`);
}

async function runNode(corpus: string, only: string, installs: boolean): Promise<readonly Result[]> {
  const projects = findProjects(corpus, await findHandlers(corpus)).filter(({ folder }) =>
    folder.includes(only),
  );
  const known = new Map<string, string | null>();
  const results: Result[] = [];
  for (const [index, project] of projects.entries()) {
    progress(index + 1, projects.length, project.folder, project.handlers.length);
    const problem = installs ? await install(corpus, project.folder, known) : null;
    if (problem !== null) process.stderr.write(`  not installed: ${problem}\n`);
    for (const result of await tryProject(corpus, project)) {
      const why =
        problem === null || result.outcome === "passed"
          ? ""
          : ` Its dependencies could not be installed: ${problem}`;
      results.push({ ...result, reason: result.reason + why });
    }
  }
  return results;
}

async function runPython(corpus: string, only: string): Promise<readonly Result[]> {
  const found = await findPythonFunctions(corpus);
  const roots = new Map<string, PythonFunction[]>();
  for (const fn of found) roots.set(fn.root, [...(roots.get(fn.root) ?? []), fn]);
  const projects = [...roots].filter(([root]) => relative(corpus, root).includes(only));
  const results: Result[] = [];
  for (const [index, [root, functions]] of projects.entries()) {
    progress(index + 1, projects.length, relative(corpus, root), functions.length);
    results.push(...(await tryFunctions(corpus, root, functions)));
  }
  return results;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    install: { type: "boolean", default: false },
    language: { type: "string" },
    only: { type: "string", default: "" },
    depth: { type: "string", default: "1" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
const { language, only } = values;
const isKnown = language === undefined || language === "node" || language === "python";
if (values.help || folder === undefined || !existsSync(folder) || !isKnown) {
  process.stderr.write(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  const corpus = realpathSync(folder);
  const results = [
    ...(language === "python" ? [] : await runNode(corpus, only, values.install)),
    ...(language === "node" ? [] : await runPython(corpus, only)),
  ];
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`${formatResults(results, Number(values.depth))}\n`);
}
