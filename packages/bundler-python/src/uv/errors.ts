import { type SluiceError, usageError } from "@sluice/core";

/** `SLUICE_UV` names something that is no uv, or an old one. */
export function uvUnusable(path: string, reason: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_UV_UNUSABLE",
    `The uv that SLUICE_UV names, ${path}, cannot be used: ${reason}.`,
    "Correct the path, or take SLUICE_UV away: uv is then found on the PATH, or installed into Sluice's cache.",
  );
}

/** `SLUICE_PYTHON_INSTALLER=uv`, and there is none. */
export function uvMissing(reason: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_UV_MISSING",
    `uv is asked for, but it is not on this machine and could not be installed: ${reason}.`,
    "Install uv (https://docs.astral.sh/uv/getting-started/installation/), or name one with SLUICE_UV=/path/to/uv.",
  );
}

/** `SLUICE_PYTHON_INSTALLER` is neither of the two. */
export function installerUnknown(value: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_INSTALLER_UNKNOWN",
    `SLUICE_PYTHON_INSTALLER is "${value}".`,
    "Give it uv or pip, or take it away: uv is then used where it can be had, else pip.",
  );
}
