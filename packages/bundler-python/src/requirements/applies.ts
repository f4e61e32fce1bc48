import { environmentOf } from "../markers/environment.ts";
import { evaluateMarker } from "../markers/evaluate.ts";
import type { Reading } from "./reading.ts";

/**
 * Whether a requirement with this marker counts for the function's runtime and architecture.
 *
 * @param extras - extras that are asked for
 * @throws SLUICE_PYTHON_MARKER_INVALID
 */
export function applies(
  reading: Reading,
  marker: string | null,
  where: string,
  extras: readonly string[] = [],
): boolean {
  if (marker === null || marker.trim() === "") return true;
  return evaluateMarker(marker, environmentOf(reading.run.target, extras), where);
}
