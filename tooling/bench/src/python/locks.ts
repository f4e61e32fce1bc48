import type { Pin } from "./packages.ts";
import { type WheelFile, wheelsOf } from "./wheels.ts";

/** A requirements file with everything pinned and the sums of all wheels, as `uv pip compile --generate-hashes` writes it. */
export function hashedRequirements(pins: readonly Pin[], wheels: readonly WheelFile[]): string {
  const lines = pins.map((pin) => {
    const hashes = wheelsOf(pin, wheels).map(({ sha256 }) => `    --hash=sha256:${sha256}`);
    return [`${pin.name}==${pin.version}`, ...hashes].join(" \\\n");
  });
  return `${lines.join("\n")}\n`;
}

/**
 * A pylock.toml (PEP 751) for both machines.
 *
 * @param urlOf - where a wheel stands
 */
export function pylock(
  pins: readonly Pin[],
  wheels: readonly WheelFile[],
  urlOf: (filename: string) => string,
): string {
  const packages = pins.map((pin) => {
    const files = wheelsOf(pin, wheels).map(
      ({ filename, sha256, bytes }) =>
        `  { name = "${filename}", url = "${urlOf(filename)}", size = ${bytes.length}, hashes = { sha256 = "${sha256}" } },\n`,
    );
    return `[[packages]]\nname = "${pin.name}"\nversion = "${pin.version}"\nwheels = [\n${files.join("")}]\n`;
  });
  return [`lock-version = "1.0"\ncreated-by = "bench"\n`, ...packages].join("\n");
}
