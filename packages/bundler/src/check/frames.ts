import { SourceMap } from "node:module";
import { posix } from "node:path";
import type { UnpackedFile } from "@sluice/artifact";
import { formatPlace, type Place } from "../errors.ts";

const FRAME = /(?:\(|at (?:async )?)(?:file:\/\/)?([^()\s][^()]*?):(\d+):(\d+)\)?$/;

type Payload = ConstructorParameters<typeof SourceMap>[0];

/** Places in a stack that lie in the package, paths relative to it. */
function placesIn(stack: string, root: string): Place[] {
  return stack.split("\n").flatMap((text) => {
    const [, path = "", line, column] = FRAME.exec(text.trimEnd()) ?? [];
    const file = decodeURI(path);
    if (!file.startsWith(`${root}/`)) return [];
    return [{ file: file.slice(root.length + 1), line: Number(line), column: Number(column) }];
  });
}

function mapOf(file: string, files: readonly UnpackedFile[]): SourceMap | null {
  const found = files.find(({ path }) => path === `${file}.map`);
  if (found === undefined) return null;
  try {
    return new SourceMap(JSON.parse(Buffer.from(found.bytes).toString()) as Payload);
  } catch {
    return null;
  }
}

function mapped(place: Place, map: SourceMap): Place | null {
  const entry = map.findEntry(place.line - 1, place.column - 1);
  if (!("originalSource" in entry) || !entry.originalSource) return null;
  // Sources are named from the bundle's place on.
  const file = posix.join("/", posix.dirname(place.file), entry.originalSource).slice(1);
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

/**
 * The places of a stack as the sources have them, as `src/orders.ts:3:7`, by the maps in the package. Those in the repository's
 * own code come before those in packages; four at most.
 */
export function sourcePlaces(stack: string, root: string, files: readonly UnpackedFile[]): string[] {
  const maps = new Map<string, SourceMap | null>();
  const places = placesIn(stack, root).map((place) => {
    if (!maps.has(place.file)) maps.set(place.file, mapOf(place.file, files));
    const map = maps.get(place.file) ?? null;
    return map === null ? place : (mapped(place, map) ?? place);
  });
  const texts = [...new Set(places.map(formatPlace))];
  const inPackage = (text: string): boolean => text.includes("node_modules/");
  return [...texts.filter((text) => !inPackage(text)), ...texts.filter(inPackage)].slice(0, 4);
}
