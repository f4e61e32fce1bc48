import { type InitKind, initKind } from "./namespace.ts";
import type { WheelFile } from "./wheel.ts";

/** A package and those of its files that are to be packed. */
export interface MergePart {
  /** Normalized name. */
  readonly name: string;
  readonly files: readonly WheelFile[];
}

export interface Merged {
  /** Sorted by path, each once. */
  readonly files: readonly (WheelFile & { readonly package: string })[];
  /** Sentences for people: which packages hold other bytes under the same name, and whose are packed. */
  readonly notices: readonly string[];
}

type Owned = Merged["files"][number];

const INIT_ORDER: readonly InitKind[] = ["pkg_resources", "empty", "pkgutil", "code"];

function initRank(file: WheelFile): number {
  return INIT_ORDER.indexOf(initKind(Buffer.from(file.bytes).toString("utf8")));
}

const isInit = (path: string): boolean => path.endsWith("/__init__.py");

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Packages that clash with each other, and where. */
class Clashes {
  readonly #paths = new Map<string, string[]>();

  add(winner: string, loser: string, path: string): void {
    const key = JSON.stringify([winner, loser]);
    this.#paths.set(key, [...(this.#paths.get(key) ?? []), path]);
  }

  notices(): string[] {
    return [...this.#paths].map(([key, paths]) => {
      const [winner, loser] = JSON.parse(key) as [string, string];
      const more = paths.length === 1 ? "" : ` and ${paths.length - 1} more`;
      return `${winner} and ${loser} both have ${paths[0]}${more}, with different contents: ${winner}'s is packed.`;
    });
  }
}

/** Which of two files of one name is packed, and whether that is worth telling. */
function decide(first: Owned, second: Owned): { winner: Owned; isClash: boolean } {
  if (Buffer.compare(first.bytes, second.bytes) === 0)
    return { winner: first.executable ? first : second, isClash: false };
  if (!isInit(first.path)) return { winner: first, isClash: true };
  const [one, other] = [initRank(first), initRank(second)];
  // Two markers of a namespace do the same, and neither is missed beside a package's own code.
  return {
    winner: other > one ? second : first,
    isClash: Math.min(one, other) === INIT_ORDER.indexOf("code"),
  };
}

/**
 * Puts the files of several packages into one folder. The same bytes under the same name are fine. Of different ones the package's
 * that comes first by name are packed, so that every machine packs the same; installers leave it to chance. Of `__init__.py` files the one
 * with code goes before those that only mark a namespace package.
 */
export function mergeWheels(parts: readonly MergePart[]): Merged {
  const files = new Map<string, Owned>();
  const clashes = new Clashes();
  for (const part of parts.toSorted((one, other) => compareTexts(one.name, other.name)))
    for (const file of part.files) {
      const owned = { ...file, package: part.name };
      const present = files.get(file.path);
      const { winner, isClash } =
        present === undefined ? { winner: owned, isClash: false } : decide(present, owned);
      const loser = winner === owned ? present : owned;
      if (isClash && loser !== undefined) clashes.add(winner.package, loser.package, file.path);
      files.set(file.path, winner);
    }
  const sorted = [...files.values()].sort((one, other) => compareTexts(one.path, other.path));
  return { files: sorted, notices: clashes.notices() };
}
