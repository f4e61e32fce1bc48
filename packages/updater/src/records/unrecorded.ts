import { type ApplyInput, isSluiceError, type RunContext, type Target } from "@sluice/core";

interface Unrecorded {
  readonly places: string[];
  /** Of the first: the others are mostly the same. */
  readonly why: string;
}

/** By what is applied: a run in several accounts applies to each for itself. */
const unrecorded = new WeakMap<ApplyInput, Unrecorded>();

/** Remembers that something could not be written to the records: what was deployed stays deployed. */
export function rememberUnrecorded(
  input: ApplyInput,
  { target, region }: Pick<Target, "target" | "region">,
  error: unknown,
): void {
  const place = `${target} in ${region}`;
  const known = unrecorded.get(input);
  const why = isSluiceError(error) ? `${error.message} ${error.hint}` : String(error);
  if (known === undefined) unrecorded.set(input, { places: [place], why });
  else known.places.push(place);
}

/** Whether something about a target could not be written in this run. */
export function isUnrecorded(
  input: ApplyInput,
  { target, region }: Pick<Target, "target" | "region">,
): boolean {
  return unrecorded.get(input)?.places.includes(`${target} in ${region}`) === true;
}

/** Says once, for all targets, what is missing in the records and what will become of it. */
export function sayUnrecorded(input: ApplyInput, context: RunContext): void {
  const known = unrecorded.get(input);
  if (known === undefined) return;
  unrecorded.delete(input);
  const [first = "", ...others] = [...new Set(known.places)].sort();
  const rest = others.length;
  const places = rest > 0 ? `${first} and ${rest} more` : first;
  const message = `${places}: what was deployed is live, and could not be recorded in the store. The next run writes what is missing of what is live then. ${known.why}`;
  context.emit({ type: "notice", message });
}
