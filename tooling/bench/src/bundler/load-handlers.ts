/** A process of its own that imports modules as the runtime would. Arguments: modules. Prints what is wrong, by module, as JSON. */
import { pathToFileURL } from "node:url";

/** What is wrong with modules, by path. */
export type LoadProblems = Record<string, string>;

const problems: LoadProblems = {};
for (const file of process.argv.slice(2)) {
  try {
    const { handler } = (await import(pathToFileURL(file).href)) as { handler?: unknown };
    if (typeof handler !== "function") problems[file] = "exports no function `handler`";
  } catch (error) {
    problems[file] = String(error);
  }
}
process.stdout.write(JSON.stringify(problems));
process.exit(0);
