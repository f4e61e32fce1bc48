import type { SlimFile } from "./test-folders.ts";

/** A licence, or a notice that has to go along with it. */
export interface LicenseText {
  /** Within the wheel's metadata, as `licenses/LICENSE.txt`. */
  readonly path: string;
  readonly text: string;
}

/** As setuptools collects them ("License files"), and where PEP 639 puts those that METADATA names. */
const TEXT = /^licenses\/.|^(?:licen[cs]e|copying|notice|authors|unlicense)[^/]*$/i;

/**
 * The licence texts in a wheel's metadata, sorted by path: they are left out of the zip unless the configuration asks for them.
 */
export function licenseTexts(wheel: {
  readonly info: string;
  readonly files: readonly SlimFile[];
}): readonly LicenseText[] {
  const inside = wheel.files.filter(({ path }) => path.startsWith(`${wheel.info}/`));
  return inside
    .map(({ path, bytes }) => ({ path: path.slice(wheel.info.length + 1), bytes }))
    .filter(({ path }) => TEXT.test(path))
    .map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString("utf8") }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}
