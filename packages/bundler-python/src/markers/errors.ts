import { type SluiceError, usageError } from "@sluice/core";

/** Problems of environment markers, one function per code. */
export const markerErrors = {
  invalid: (marker: string, reason: string, where?: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_MARKER_INVALID",
      `The environment marker ${JSON.stringify(marker)} cannot be read: ${reason}.`,
      "Markers are written as PEP 508 has them: python_version >= '3.12' and sys_platform == 'linux'.",
      where,
    ),
};
