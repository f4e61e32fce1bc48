import { cliErrors } from "../errors.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `--since`: a time span back from now (`30s`, `10m`, `2h`, `1d`), or a moment in ISO 8601, which is UTC without a zone.
 *
 * @param now - milliseconds since the epoch
 * @returns milliseconds since the epoch
 * @throws SLUICE_OPTION_INVALID
 */
export function momentOf(text: string, now: number): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text) ?? [];
  if (digits !== undefined) return Math.max(0, now - Number(digits) * (UNITS[unit] ?? 0));
  const isMoment = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(
    text,
  );
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) && text.length > 10;
  const moment = isMoment
    ? Date.parse(hasZone || text.length === 10 ? text : `${text.replace(" ", "T")}Z`)
    : Number.NaN;
  if (Number.isNaN(moment))
    throw cliErrors.optionValue("--since", "a time such as 10m, 2h, 1d or 2026-01-31T12:00Z", `\`${text}\``);
  return moment;
}
