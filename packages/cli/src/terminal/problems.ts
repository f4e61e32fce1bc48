import type { Problem } from "@sluice/core";
import type { Colors } from "./colors.ts";

/** Breaks a text into lines of at most `width` characters, at spaces; words that are longer stay whole. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => {
    const lines: string[] = [];
    const indent = /^ */.exec(line)?.[0] ?? "";
    let current: string | null = null;
    for (const word of line.slice(indent.length).split(" ")) {
      const longer: string = current === null ? indent + word : `${current} ${word}`;
      if (current !== null && longer.length > width) {
        lines.push(current);
        current = word;
      } else current = longer;
    }
    return [...lines, current ?? ""];
  });
}

/** A problem for people: message, code, place, and what to do next, in 80 columns. */
export function formatProblem(problem: Problem, colors: Colors): string {
  const [first = "", ...rest] = wrap(problem.message, 76);
  const lines = [`${colors.red("✗")} ${colors.bold(first)}`, ...rest.map((line) => `  ${colors.bold(line)}`)];
  const place = problem.where === undefined || problem.where === "" ? "" : `  ${problem.where}`;
  lines.push(`  ${colors.dim(problem.code)}${colors.dim(place)}`);
  const [hint = "", ...more] = wrap(problem.hint, 74);
  lines.push(`  ${colors.cyan("→")} ${hint}`, ...more.map((line) => `    ${line}`));
  return lines.join("\n");
}
