import { comparePublic, compareVersions, parseVersion, type Version } from "./version.ts";

type Operator = "~=" | "==" | "!=" | "<=" | ">=" | "<" | ">" | "===";

/** One clause of a version specifier (PEP 440), as `>=3.9` or `==2.*`. */
export interface Specifier {
  readonly operator: Operator;
  readonly version: Version;
  /** It ended in `.*`. */
  readonly isPrefix: boolean;
  /** The version as written, for `===`. */
  readonly text: string;
}

const SPECIFIER = /^\s*(~=|===|==|!=|<=|>=|<|>)\s*([^\s,;()]+)\s*$/;
const NO_VERSION: Version = { epoch: 0, release: [], pre: null, post: null, dev: null, local: [] };

function parseSpecifier(clause: string): Specifier | null {
  const [, operator, text = ""] = SPECIFIER.exec(clause) ?? [];
  if (operator === undefined) return null;
  if (operator === "===") return { operator, version: NO_VERSION, isPrefix: false, text };
  const isPrefix = text.endsWith(".*");
  const version = parseVersion(isPrefix ? text.slice(0, -2) : text);
  if (version === null) return null;
  const isEquality = operator === "==" || operator === "!=";
  const isBare = /^v?(?:\d+!)?[\d.]+$/i.test(isPrefix ? text.slice(0, -2) : text);
  const isAllowed =
    (isEquality || (!isPrefix && version.local.length === 0)) &&
    (!isPrefix || isBare) &&
    (operator !== "~=" || version.release.length > 1);
  return isAllowed ? { operator: operator as Operator, version, isPrefix, text } : null;
}

/**
 * @param text - clauses with commas between them; empty for any version
 * @returns `null` for what PEP 440 does not allow
 */
export function parseSpecifiers(text: string): Specifier[] | null {
  const clauses = text
    .split(",")
    .filter((clause) => clause.trim() !== "")
    .map(parseSpecifier);
  return clauses.every((clause) => clause !== null) ? clauses : null;
}

/** `==1.1.*`: the release begins alike, zeros filled in. */
function hasPrefix(version: Version, prefix: Version): boolean {
  return (
    version.epoch === prefix.epoch &&
    prefix.release.every((number, index) => (version.release[index] ?? 0) === number)
  );
}

function isCompatible(version: Version, { version: wanted }: Specifier): boolean {
  const prefix = { ...NO_VERSION, epoch: wanted.epoch, release: wanted.release.slice(0, -1) };
  return comparePublic(version, wanted) >= 0 && hasPrefix(version, prefix);
}

function equals(version: Version, { version: wanted, isPrefix }: Specifier): boolean {
  if (isPrefix) return hasPrefix(version, wanted);
  return (wanted.local.length === 0 ? comparePublic : compareVersions)(version, wanted) === 0;
}

/**
 * PEP 440, "Exclusive ordered comparison": `<1.0` is not met by pre-releases of 1.0, unless it names one, nor `<1.0.post1` by those
 * of 1.0.post1.
 */
function isBelow(version: Version, { version: wanted }: Specifier): boolean {
  if (comparePublic(version, wanted) >= 0) return false;
  if (wanted.pre !== null || wanted.dev !== null || !isSameBase(version, wanted)) return true;
  return wanted.post !== null && (version.pre !== null || version.post !== wanted.post);
}

/** `>1.0` is not met by post-releases of 1.0, unless it names one. */
function isAbove(version: Version, { version: wanted }: Specifier): boolean {
  if (comparePublic(version, wanted) <= 0) return false;
  if (version.post === null || wanted.post !== null || wanted.dev !== null) return true;
  return !isSameBase(version, wanted) || version.pre?.join() !== wanted.pre?.join();
}

function isSameBase(one: Version, other: Version): boolean {
  const bare = ({ epoch, release }: Version): Version => ({ ...NO_VERSION, epoch, release });
  return comparePublic(bare(one), bare(other)) === 0;
}

const TESTS: Readonly<Record<Exclude<Operator, "===">, (version: Version, specifier: Specifier) => boolean>> =
  {
    "~=": isCompatible,
    "==": equals,
    "!=": (version, specifier) => !equals(version, specifier),
    "<=": (version, { version: wanted }) => comparePublic(version, wanted) <= 0,
    ">=": (version, { version: wanted }) => comparePublic(version, wanted) >= 0,
    "<": isBelow,
    ">": isAbove,
  };

/**
 * Whether a version meets every clause. Pre-releases are versions like others here: whether to take one was decided by whoever
 * resolved.
 *
 * @param version - `false` is returned for one that PEP 440 does not allow, unless `===` names it
 */
export function satisfies(version: string, specifiers: readonly Specifier[]): boolean {
  const parsed = parseVersion(version);
  return specifiers.every((specifier) => {
    if (specifier.operator === "===") return specifier.text.toLowerCase() === version.trim().toLowerCase();
    return parsed !== null && TESTS[specifier.operator](parsed, specifier);
  });
}
