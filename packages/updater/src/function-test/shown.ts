import type { Redactor } from "@sluice/core";
import type { Difference } from "./difference.ts";

/** Characters of a value that an error shows. */
const LONGEST = 300;

/** Text for an error: redacted, then cut, so that no piece of a secret is left. */
export function shownText(text: string, redact: Redactor): string {
  const safe = redact(text);
  return safe.length <= LONGEST ? safe : `${safe.slice(0, LONGEST - 1)}…`;
}

function shownValue(value: unknown, redact: Redactor): string {
  return value === undefined ? "nothing" : shownText(JSON.stringify(value), redact);
}

/** Expected and found, a line each. */
export function shownDifference({ expected, found, note }: Difference, redact: Redactor): readonly string[] {
  const values = [`expected  ${shownValue(expected, redact)}`, `found     ${shownValue(found, redact)}`];
  return note === undefined ? values : [note, ...values];
}
