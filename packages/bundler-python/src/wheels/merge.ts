import { type InitKind, initKind } from "./namespace.ts";
import type { WheelFile } from "./wheel.ts";

/** A package and those of its files that are to be packed. */
export interface MergePart {
  /** Normalized name. */
  readonly name: string;
  readonly files: readonly WheelFile[];
}

/** A file of a folder that several packages share, with the name of the package that it is from. */
export type MergedFile = WheelFile & { readonly package: string };

export interface Merged {
  /** Sorted by path, each once. */
  readonly files: readonly MergedFile[];
  /** Sentences for people: which packages hold other bytes under the same name, and whose are packed. */
  readonly notices: readonly string[];
}

/** Two files of one name, and the one that is packed. */
interface Clash {
  readonly winner: MergedFile;
  readonly loser: MergedFile;
  /** Whether something is missing now. */
  readonly isLoss: boolean;
}

/** What is packed, the least first. */
const INIT_ORDER: readonly InitKind[] = ["pkg_resources", "empty", "pkgutil", "code"];
const CODE = INIT_ORDER.indexOf("code");

function initRank(file: WheelFile): number {
  return INIT_ORDER.indexOf(initKind(Buffer.from(file.bytes).toString("utf8")));
}

function decide(first: MergedFile, second: MergedFile): Clash {
  if (Buffer.compare(first.bytes, second.bytes) === 0) {
    const winner = second.executable && !first.executable ? second : first;
    return { winner, loser: winner === first ? second : first, isLoss: false };
  }
  if (!first.path.endsWith("/__init__.py")) return { winner: first, loser: second, isLoss: true };
  const [one, other] = [initRank(first), initRank(second)];
  // Two markers of a namespace do the same, and neither is missed beside a package's own code.
  const isLoss = one === CODE && other === CODE;
  return other > one ? { winner: second, loser: first, isLoss } : { winner: first, loser: second, isLoss };
}

/** One sentence for each pair of packages. */
function noticesOf(clashes: readonly Clash[]): string[] {
  const paths = new Map<string, string[]>();
  for (const { winner, loser } of clashes) {
    const pair = `${winner.package} and ${loser.package}`;
    paths.set(pair, [...(paths.get(pair) ?? []), winner.path]);
  }
  return [...paths].map(([pair, [first, ...more]]) => {
    const others = more.length === 0 ? "" : ` and ${more.length} more`;
    return `${pair} both have ${first}${others}, with different contents: the former's is packed.`;
  });
}

const inOrder = (one: string, other: string): number => (one < other ? -1 : 1);

/**
 * Puts the files of several packages into one folder. The same bytes under the same name are fine. Of different ones those of the
 * package that comes first by name are packed, so that every machine packs the same; installers leave it to chance. Of
 * `__init__.py` files one with code goes before those that only mark a namespace package.
 *
 * @param parts - each package once
 */
export function mergeWheels(parts: readonly MergePart[]): Merged {
  const files = new Map<string, MergedFile>();
  const losses: Clash[] = [];
  for (const part of parts.toSorted((one, other) => inOrder(one.name, other.name)))
    for (const file of part.files) {
      const owned = { ...file, package: part.name };
      const present = files.get(file.path);
      const clash = present && decide(present, owned);
      if (clash?.isLoss) losses.push(clash);
      files.set(file.path, clash?.winner ?? owned);
    }
  return {
    files: [...files.values()].sort((one, other) => inOrder(one.path, other.path)),
    notices: noticesOf(losses),
  };
}
