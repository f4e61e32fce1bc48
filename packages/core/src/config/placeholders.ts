import type { Problem } from "../problem.ts";
import { configErrors } from "./errors.ts";

/** Problems of a name template that has something else in braces than `known`. */
export function unknownPlaceholders(template: string, known: readonly string[], where: string): Problem[] {
  const unknown = [...template.matchAll(/\{([^}]*)\}/g)]
    .map((match) => match[1] ?? "")
    .filter((name) => !known.includes(name));
  return unknown.map((name) =>
    configErrors.rule(
      where,
      `{${name}} stands for nothing in a name template.`,
      `Use ${known.map((each) => `{${each}}`).join(", ")}.`,
    ),
  );
}
