declare const __SLUICE_VERSION__: string | undefined;

/** Package version of this `sluice`, written in by the build. */
export const SLUICE_VERSION: string =
  typeof __SLUICE_VERSION__ === "string" ? __SLUICE_VERSION__ : "0.0.0-source";
