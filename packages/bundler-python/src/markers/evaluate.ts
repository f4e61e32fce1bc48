import { normalizeName } from "../wheels/wheel-name.ts";
import type { MarkerEnvironment } from "./environment.ts";
import { type Marker, type Operator, parseMarker } from "./parse.ts";
import { parseSpecifiers, satisfies } from "./specifiers.ts";

type Comparison = Extract<Marker, { type: "compare" }>;

/** Variables that are compared as versions where both sides are versions; all others are texts ("Dependency specifiers", PyPA). */
const VERSIONS: ReadonlySet<string> = new Set([
  "python_version",
  "python_full_version",
  "implementation_version",
  "platform_release",
]);

/** Comparisons of texts. An order of texts has no meaning: `<` and `>` are never met, as in `packaging` from 26 on. */
const TEXTS: Readonly<Record<Operator, (left: string, right: string) => boolean>> = {
  in: (left, right) => right.includes(left),
  "not in": (left, right) => !right.includes(left),
  "==": (left, right) => left === right,
  "===": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<=": (left, right) => left === right,
  ">=": (left, right) => left === right,
  "<": () => false,
  ">": () => false,
  "~=": () => false,
};

/** `extra == 'x'`, `'x' in extras`, `'x' in dependency_groups`: whether a set that was asked for has a name. */
function compareSet(names: ReadonlySet<string>, name: string, operator: Operator): boolean {
  const isIn = names.has(normalizeName(name));
  return operator === "==" || operator === "===" || operator === "in" ? isIn : !isIn;
}

function compare({ left, operator, right }: Comparison, environment: MarkerEnvironment): boolean {
  const variable = left.variable ?? right.variable ?? "";
  const { variables, extras, groups } = environment;
  const literal = left.text ?? right.text ?? "";
  if (variable === "extra" || variable === "extras") return compareSet(extras, literal, operator);
  if (variable === "dependency_groups") return compareSet(groups, literal, operator);
  const [one, other] = [left, right].map((side) => side.text ?? variables[side.variable] ?? "") as [
    string,
    string,
  ];
  const isVersion = VERSIONS.has(variable) && operator !== "in" && operator !== "not in";
  const specifiers = isVersion ? parseSpecifiers(`${operator}${other}`) : null;
  return specifiers === null ? TEXTS[operator](one, other) : satisfies(one, specifiers);
}

function evaluate(marker: Marker, environment: MarkerEnvironment): boolean {
  if (marker.type === "compare") return compare(marker, environment);
  const isMet = (part: Marker): boolean => evaluate(part, environment);
  return marker.type === "and" ? marker.parts.every(isMet) : marker.parts.some(isMet);
}

/**
 * Whether a marker is met. An extra is a set here, so that `extra == 'a' or extra == 'b'` asks whether one of them was asked for.
 *
 * @param marker - as `python_version < '3.11' and extra == 'http'`
 * @throws `SLUICE_PYTHON_MARKER_INVALID`
 */
export function evaluateMarker(marker: string, environment: MarkerEnvironment, where?: string): boolean {
  return evaluate(parseMarker(marker, where), environment);
}
