import type { Place } from "./job.ts";

const SHOWN = 5;

function inSources({ file, line, column }: Place, sources: ReadonlyMap<string, string>): string {
  return [sources.get(file) ?? file, line, ...(column === undefined ? [] : [column])].join(":");
}

/**
 * Places as people look for them, as `src/app.py:3`: those in own sources first, by their paths in the repository; each group from
 * the innermost on.
 */
export function placesOf(places: readonly Place[], sources: ReadonlyMap<string, string>): string[] {
  const inner = places.toReversed();
  const own = inner.filter(({ file }) => sources.has(file));
  const others = inner.filter(({ file }) => !sources.has(file));
  return [...new Set([...own, ...others].map((place) => inSources(place, sources)))].slice(0, SHOWN);
}
