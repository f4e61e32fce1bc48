import { type SluiceError, usageError } from "@sluice/core";

/** Problems of a pylock.toml as a whole, one function per code. */
export const pylockErrors = {
  invalid: (where: string, reason: string, cause?: unknown): SluiceError =>
    usageError(
      "SLUICE_PYTHON_PYLOCK_INVALID",
      `The lockfile cannot be read: ${reason}.`,
      "Lock again with the tool that wrote it; a pylock.toml follows PEP 751, and Sluice reads its version 1.",
      where,
      cause,
    ),
  target: (where: string, reason: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_PYLOCK_TARGET",
      `The lockfile was not made for this function: ${reason}.`,
      "Lock again for the function's runtime, or give the function a runtime that the lockfile is for.",
      where,
    ),
  selection: (where: string, kind: string, name: string, known: readonly string[]): SluiceError =>
    usageError(
      "SLUICE_PYTHON_PYLOCK_SELECTION",
      `The lockfile has no ${kind} ${JSON.stringify(name)}. It has: ${known.join(", ") || "none"}.`,
      `Correct the name in \`python.${kind === "extra" ? "extras" : "groups"}\`, or lock again with it.`,
      where,
    ),
};
