/** Minors of the Python runtimes in service, as of November 2026 (AWS Lambda, "Runtimes"). */
const OLDEST = 12;
const NEWEST = 14;
/** Where a repository does not tell. */
const USUAL = 13;

/** The declared runtime where it is in service, else the nearest that is. */
export function inService(declared: string | null): string {
  const minor = declared === null ? USUAL : Number(declared.slice("python3.".length));
  return `python3.${Math.min(NEWEST, Math.max(OLDEST, minor))}`;
}
