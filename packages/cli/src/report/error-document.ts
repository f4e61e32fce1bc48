import type { SluiceError } from "@sluice/core";

/** `error` and `errors` of a JSON document. */
export function errorDocument(error: SluiceError): {
  readonly error: { code: string; message: string; hint: string };
  readonly errors: readonly { code: string; message: string; hint: string; where?: string }[];
} {
  const errors = error.problems.map(({ code, message, hint, where }) => ({
    code,
    message,
    hint,
    ...(where === undefined ? {} : { where }),
  }));
  const { code, message, hint } = error.problems[0];
  return { error: { code, message, hint }, errors };
}
