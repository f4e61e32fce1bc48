import { inspect } from "node:util";
import type { Failure } from "./job.ts";

const LONGEST = { message: 4000, stack: 12_000 };

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Turns whatever was thrown into data. Thrown objects may be anything, so that reading one may throw, too. */
export function failureFrom(thrown: unknown, depth = 0): Failure {
  try {
    if (typeof thrown !== "object" || thrown === null || !("message" in thrown)) {
      const message = inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
      return {
        name: "",
        message: message.slice(0, LONGEST.message),
        stack: "",
        code: null,
        path: null,
        cause: null,
      };
    }
    const { name, message, stack, code, path, cause } = thrown as Partial<Record<keyof Failure, unknown>>;
    return {
      name: text(name) ?? "Error",
      message: String(message).slice(0, LONGEST.message),
      stack: (text(stack) ?? "").slice(0, LONGEST.stack),
      code: text(code),
      path: text(path),
      cause: cause === undefined || cause === null || depth >= 3 ? null : failureFrom(cause, depth + 1),
    };
  } catch {
    return {
      name: "",
      message: "something that cannot be shown",
      stack: "",
      code: null,
      path: null,
      cause: null,
    };
  }
}
