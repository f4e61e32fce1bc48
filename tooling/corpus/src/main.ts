import { existsSync, realpathSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { findHandlers } from "./find-handlers.ts";
import { findProjects } from "./find-projects.ts";
import { install } from "./install.ts";
import type { Result } from "./result.ts";
import { formatResults } from "./table.ts";
import { tryProject } from "./try-project.ts";

const HELP = `npm run corpus -- FOLDER [--install] [--only TEXT] [--depth N] [--json FILE]

Bundles and import-checks every handler in a folder of function projects, and says why what failed did.

  --install    install each project's dependencies first, with npm and without their scripts
  --only TEXT  projects whose path has this text
  --depth N    folders by which results are summed (default 1)
  --json FILE  write every result

It writes node_modules and .sluice into the folder: give it a copy.
`;

async function run(corpus: string, only: string, installs: boolean): Promise<readonly Result[]> {
  const projects = findProjects(corpus, await findHandlers(corpus)).filter(({ folder }) =>
    folder.includes(only),
  );
  const known = new Map<string, string | null>();
  const results: Result[] = [];
  for (const [index, project] of projects.entries()) {
    process.stderr.write(`${index + 1}/${projects.length} ${project.folder} (${project.handlers.length})\n`);
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

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    install: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    depth: { type: "string", default: "1" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (values.help || folder === undefined || !existsSync(folder)) {
  process.stderr.write(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  const results = await run(realpathSync(folder), values.only, values.install);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`${formatResults(results, Number(values.depth))}\n`);
}
