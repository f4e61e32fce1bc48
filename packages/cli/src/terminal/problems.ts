import type { Problem } from "@sluice/core";
import type { Colors } from "./colors.ts";

/** Breaks a text into lines of at most `width` characters, at spaces, each as far in as its line began; words that are longer stay whole. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => {
    const lines: string[] = [];
    const indent = /^ */.exec(line)?.[0] ?? "";
    let current: string | null = null;
    for (const word of line.slice(indent.length).split(" ")) {
      const longer: string = current === null ? indent + word : `${current} ${word}`;
      if (current !== null && longer.length > width) {
        lines.push(current);
        current = indent + word;
      } else current = longer;
    }
    return [...lines, current ?? ""];
  });
}

/** How a message names the function that it is about: as its first word, or in a sentence. */
const FUNCTION = /^([\w-]+): |\b[Ff]unction ([\w-]+)/;
const PLACE = /:\d+(?::\d+)?$/;
const OWN = /^functions\.([\w-]+)/;

/** What several functions share when one source, or what they depend on, is wrong: all but their names, and their ways to it. */
function sharedPart({ code, where = "", hint, message }: Problem): string {
  if (!PLACE.test(where)) return JSON.stringify([code, where.replace(OWN, "functions"), hint, message]);
  const fault = message
    .replace(FUNCTION, "")
    .replace(/ Imported through .*$/s, "")
    .replace(/\n +at .*$/s, "");
  return JSON.stringify([code, where, hint, fault]);
}

function functionOf({ message, where = "" }: Problem): string[] {
  const [, first, second] = FUNCTION.exec(message) ?? [];
  return [first ?? second ?? OWN.exec(where)?.[1] ?? []].flat();
}

const MOST_NAMES = 8;

function others(problems: readonly Problem[]): string {
  const names = problems.flatMap(functionOf);
  const shown = names.slice(0, MOST_NAMES).join(", ");
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return names.length === 0 ? "" : `The same for ${shown}${more}.`;
}

/** Problems for people. What is wrong at one place of a source is said once, with all functions that it breaks. */
export function formatProblems(problems: readonly Problem[], colors: Colors): string {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = sharedPart(problem);
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  }
  return [...groups.values()]
    .map(([first, ...same]) => (first === undefined ? "" : formatProblem(first, colors, others(same))))
    .join("\n\n");
}

/** A problem for people: message, code, place, and what to do next, in 80 columns. `more`: what else it is about. */
export function formatProblem(problem: Problem, colors: Colors, more = ""): string {
  const [first = "", ...rest] = wrap(problem.message, 76);
  const place = problem.where === undefined || problem.where === "" ? "" : `  ${problem.where}`;
  const [hint = "", ...hints] = wrap(problem.hint, 74);
  return [
    `${colors.red("✗")} ${colors.bold(first)}`,
    ...rest.map((line) => `  ${colors.bold(line)}`),
    ...(more === "" ? [] : wrap(more, 76).map((line) => `  ${line}`)),
    `  ${colors.dim(problem.code)}${colors.dim(place)}`,
    `  ${colors.cyan("→")} ${hint}`,
    ...hints.map((line) => `    ${line}`),
  ].join("\n");
}
