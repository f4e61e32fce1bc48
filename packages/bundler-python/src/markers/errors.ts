import type { SluiceError } from "@sluice/core";
import { usage } from "../errors.ts";

/** Problems of environment markers, one function per code. */
export const markerErrors = {
  invalid: (marker: string, reason: string, where?: string): SluiceError =>
    usage(
      "SLUICE_PYTHON_MARKER_INVALID",
      `The environment marker ${JSON.stringify(marker)} cannot be read: ${reason}.`,
      "Markers are written as PEP 508 has them: python_version >= '3.12' and sys_platform == 'linux'.",
      where,
    ),
};
