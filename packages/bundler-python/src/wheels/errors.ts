import { type SluiceError, sluiceError, usageError } from "@sluice/core";

/** Problems of single wheels, one function per code. `where` is the wheel's path. */
export const wheelErrors = {
  damaged: (where: string, reason: string, cause?: unknown): SluiceError =>
    usageError(
      "SLUICE_PYTHON_WHEEL_DAMAGED",
      `The wheel is damaged: ${reason}.`,
      "Delete the file and run again, so that it is fetched anew; one of your own, build again. If that does not help, the package was published like this: take another version of it.",
      where,
      cause,
    ),
  unsafe: (where: string, reason: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_PYTHON_WHEEL_UNSAFE",
        kind: "refusal",
        message: `The wheel is refused: ${reason}.`,
        where,
        hint: "Find out who made this wheel: none that a build tool makes holds absolute names, names with `..`, symbolic links or a name twice.",
      },
      cause,
    ),
};
