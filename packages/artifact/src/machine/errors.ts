import { type SluiceError, usageError } from "@sluice/core";

/** Machine code that the function cannot load, as whoever packs it describes it. */
export function machineMisfit(message: string, hint: string, where: string): SluiceError {
  return usageError("SLUICE_NATIVE_ARCHITECTURE", message, hint, where);
}

/** `built`: what it is, in words that go on after `is`. */
export function architectureMismatch(name: string, path: string, built: string, wanted: string): SluiceError {
  return machineMisfit(
    `${path} in the package of function ${name} is ${built}; the function runs on ${wanted}.`,
    "Install or build it for Linux on that architecture (npm install --os=linux --cpu=…, GOOS=linux GOARCH=…), or correct architecture.",
    path,
  );
}
