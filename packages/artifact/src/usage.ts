import { type Problem, type SluiceError, sluiceError } from "@sluice/core";

/** A usage problem: what is wrong with the files of a package is the repository's to mend. */
export function usage(
  code: Problem["code"],
  message: string,
  hint: string,
  where?: string,
  cause?: unknown,
): SluiceError {
  return sluiceError(
    { code, kind: "usage", message, hint, ...(where === undefined ? {} : { where }) },
    cause,
  );
}
