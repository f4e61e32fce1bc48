import type { PythonTarget } from "../target.ts";
import { rankOf } from "./tags.ts";
import { parseWheelName } from "./wheel-name.ts";

/** Of {@link chooseWheel}: a file that a package version has. */
interface Candidate {
  readonly filename: string;
  /** Hexadecimal; `null` where nobody tells it. */
  readonly sha256: string | null;
}

interface Ranked<C> {
  readonly candidate: C;
  readonly rank: number;
  readonly build: readonly [number: number, rest: string];
}

/** Without a build tag: before every build (PyPA, "Binary distribution format"). */
const NO_BUILD = [-1, ""] as const;

/** Code-unit order: the same in every locale. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function rankedOf<C extends Candidate>(candidate: C, target: PythonTarget): Ranked<C>[] {
  const name = parseWheelName(candidate.filename);
  const rank = name === null ? null : rankOf(name.tags, target);
  return rank === null ? [] : [{ candidate, rank, build: name?.build ?? NO_BUILD }];
}

/**
 * The wheel that pip and uv would take: the best tag, then the highest build. What is left equal is told apart by file name, so
 * that every machine takes the same.
 *
 * @param candidates - files of one version of one package; what is not a wheel is passed over
 * @param allowedHashes - hexadecimal SHA-256 sums; a file whose sum nobody tells is then not taken
 * @returns `null` when none fits
 */
export function chooseWheel<C extends Candidate>(
  candidates: readonly C[],
  target: PythonTarget,
  allowedHashes?: readonly string[],
): C | null {
  const allowed = allowedHashes && new Set(allowedHashes.map((hash) => hash.toLowerCase()));
  const ranked = candidates
    .filter(({ sha256 }) => allowed === undefined || (sha256 !== null && allowed.has(sha256.toLowerCase())))
    .flatMap((candidate) => rankedOf(candidate, target));
  ranked.sort(
    (one, other) =>
      one.rank - other.rank ||
      other.build[0] - one.build[0] ||
      compareTexts(other.build[1], one.build[1]) ||
      compareTexts(one.candidate.filename, other.candidate.filename),
  );
  return ranked[0]?.candidate ?? null;
}
