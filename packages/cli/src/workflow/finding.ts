import { isSluiceError, type Problem } from "@sluice/core";

/** One finding of the doctor. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "problem";
  readonly detail: string;
  readonly hint: string | null;
}

export function ok(check: string, detail: string): Finding {
  return { check, status: "ok", detail, hint: null };
}

export function warning(check: string, detail: string, hint: string): Finding {
  return { check, status: "warning", detail, hint };
}

export function problem(check: string, detail: string, hint: string): Finding {
  return { check, status: "problem", detail, hint };
}

export function fromError(check: string, error: unknown): Finding[] {
  if (!isSluiceError(error)) throw error;
  return error.problems.map(({ message, hint, where, code }: Problem) =>
    problem(check, `${message} (${code}${where === undefined ? "" : `, ${where}`})`, hint),
  );
}
