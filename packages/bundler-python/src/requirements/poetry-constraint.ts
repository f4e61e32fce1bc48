import { parseSpecifiers, satisfies } from "../markers/specifiers.ts";
import type { PythonTarget } from "../target.ts";

/**
 * Whether a version meets a constraint as Poetry writes it: PEP 440 with `^1.2`, `~1.2`, `1.2.*`, a bare version, and `||` between
 * alternatives.
 *
 * Source: https://python-poetry.org/docs/dependency-specification/
 */
export function meetsConstraint(version: string, constraint: string): boolean {
  return constraint.split(/\s*\|\|?\s*/).some((alternative) => {
    const specifiers = parseSpecifiers(toPep440(alternative));
    return specifiers !== null && satisfies(version, specifiers);
  });
}

/** Whether some patch version of the runtime's Python is allowed: which one Lambda has is not known beforehand. */
export function allowsPython(target: PythonTarget, constraint: string): boolean {
  return [`3.${target.minor}.0`, `3.${target.minor}.99`].some((version) =>
    meetsConstraint(version, constraint),
  );
}

function toPep440(alternative: string): string {
  // Clauses stand apart by commas, or by spaces alone.
  const clauses = alternative.match(/[~^=<>!]+\s*[^\s,]+|[^\s,~^=<>!]+/g) ?? [];
  return clauses
    .map((clause) => clauseOf(clause.replace(/\s+/g, "")))
    .filter((clause) => clause !== "")
    .join(",");
}

function clauseOf(clause: string): string {
  const [, operator = "", text = ""] = /^(\^|~=|~|===|==|!=|<=|>=|<|>|=)?v?(.*)$/.exec(clause) ?? [];
  if (/^[*xX](\.[*xX])*$/.test(text)) return "";
  const wildcard = text.replace(/\.[xX*](\.[xX*])*$/, ".*");
  if (operator === "^") return `>=${text},<${caret(numbersOf(text))}`;
  if (operator === "~") return `>=${text},<${tilde(numbersOf(text))}`;
  if (operator === "" || operator === "=") return `==${wildcard}`;
  return `${operator}${wildcard}`;
}

function numbersOf(text: string): number[] {
  return (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? "0").split(".").map(Number);
}

/** The next version that may break: the first number that is not zero goes up. */
function caret(numbers: readonly number[]): string {
  const first = numbers.findIndex((number) => number !== 0);
  return next(numbers, first === -1 ? numbers.length - 1 : first);
}

/** The next minor version, or major where only that is named. */
function tilde(numbers: readonly number[]): string {
  return next(numbers, numbers.length === 1 ? 0 : 1);
}

function next(numbers: readonly number[], at: number): string {
  return [...numbers.slice(0, at), (numbers[at] ?? 0) + 1].join(".");
}
