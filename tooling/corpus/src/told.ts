import { isSluiceError, type SluiceError } from "@sluice/core";
import type { Result } from "./result.ts";

/** What a user would be told of a function that was not bundled. */
export interface Told extends Pick<Result, "code" | "reason" | "hint"> {
  readonly where: string;
}

/** Without the name that the function has here alone. */
export function oneLine(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/^handler-\d+: /, "")
    .replace(/ of function handler-\d+\b/, "")
    .replace(/ \(functions\.handler-\d+\)$/, "");
}

/** The first problem in one line, with its place. */
export function failure(error: unknown): Told {
  if (!isSluiceError(error)) {
    const reason = error instanceof Error ? error.message : String(error);
    return { code: "DEFECT", reason, hint: "", where: "" };
  }
  const [{ code, message, where = "", hint }] = (error as SluiceError).problems;
  const reason = oneLine(`${message}${where === "" ? "" : ` (${where})`}`);
  return { code, reason, hint, where };
}

/** Whether a notice is about a function, or about none. */
export function concerns(message: string, name: string): boolean {
  const names = (pattern: string): boolean => new RegExp(`\\b${pattern}\\b`).test(message);
  return names(name) || !names("handler-\\d+");
}
