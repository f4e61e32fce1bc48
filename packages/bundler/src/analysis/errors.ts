import { type SluiceError, sluiceError } from "@sluice/core";
import type { Analysis, Part } from "./analysis.ts";
import { labelOf } from "./label.ts";

/** Bytes as people read them, in powers of ten as AWS's console shows them. */
function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What is said of a part in a sentence. */
function described(part: Part): string {
  const name = part.kind === "own" ? `own code in ${part.name}` : labelOf(part);
  return `${name} (${size(part.zippedBytes)})`;
}

/** A zip over the function's own budget. `analysis` is `null` when the zip cannot be read. */
export function sizeBudget(
  name: string,
  sizeBytes: number,
  maxSizeBytes: number,
  analysis: Analysis | null,
): SluiceError {
  const first =
    analysis?.parts[0]?.kind === "map" ? ' The map can stand beside the zip: sourcemap: "beside".' : "";
  const biggest = analysis?.parts.slice(0, 3).map(described).join(", ") ?? "";
  return sluiceError({
    code: "SLUICE_SIZE_BUDGET",
    kind: "refusal",
    message:
      `The zip of ${name} is ${size(sizeBytes - maxSizeBytes)} over its budget: ${size(sizeBytes)} of ${size(maxSizeBytes)}.` +
      (biggest === "" ? "" : ` Its biggest parts, zipped: ${biggest}.`),
    where: `functions.${name}.maxSize`,
    hint: `See all of it with \`sluice build --analyze ${name}\`. Leave out what is not needed, or raise maxSize.${first}`,
  });
}

/** A name that `--why` was given and that stands in none of the functions asked. */
export function notInside(wanted: string, functions: readonly string[], nearest: string | null): SluiceError {
  const [only, second] = functions;
  const where = only !== undefined && second === undefined ? only : `any of ${functions.join(", ")}`;
  return sluiceError({
    code: "SLUICE_NOT_INSIDE",
    kind: "usage",
    message: `Nothing called ${wanted} is in ${where}.`,
    where: "--why",
    hint:
      nearest === null
        ? "Name a package, package@version, or the path of a module. `sluice build --analyze` shows what is there."
        : `Did you mean ${nearest}? A package, package@version and the path of a module are understood.`,
  });
}
