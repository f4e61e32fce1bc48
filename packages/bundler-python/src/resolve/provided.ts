import { normalizeName } from "../wheels/wheel-name.ts";

/** Normalized name → normalized names of the packages that need it. */
export type Parents = ReadonlyMap<string, readonly string[]>;

/** Reads `uv pip compile --annotation-style line`: `botocore==1.40.0  # via boto3, s3transfer, -r requirements.txt`. */
export function readAnnotated(text: string): Parents {
  const parents = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, name, via = ""] = /^([A-Za-z0-9][A-Za-z0-9._-]*)[^#]*(?:# via (.*))?$/.exec(line.trim()) ?? [];
    if (name === undefined) continue;
    const needing = via.split(",").map((one) => one.trim());
    // Files stand there, too: `-r requirements.txt`, `app (pyproject.toml)`, and a path for what came by a script.
    const packages = needing.filter(
      (one) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(one) && !/\.(txt|toml)$/.test(one),
    );
    parents.set(normalizeName(name), packages.map(normalizeName));
  }
  return parents;
}

/**
 * What is left without anybody who needs it once `provided` is gone: packages all of whose parents are provided or such
 * themselves. One that nobody needs from the start was asked for, and stays.
 *
 * @param provided - normalized names
 */
export function orphansOf(parents: Parents, provided: readonly string[]): string[] {
  const gone = new Set(provided);
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    for (const [name, needing] of parents)
      if (needing.length > 0 && needing.every((parent) => gone.has(parent))) gone.add(name);
  }
  return [...gone].filter((name) => !provided.includes(name) && parents.has(name)).sort();
}
