import type { Live } from "../faults/world.ts";
import type { Contender } from "./contenders.ts";
import type { Claim, Race } from "./race.ts";

/** Refusals of a run that may not begin while another is at it, or that would bring an older commit. */
const REFUSALS = /^SLUICE_(LEASE_HELD|DOWNGRADE|.*OLDER|COMMIT_OLDER)/;

const hasWon = ({ outcome }: Claim): boolean => outcome === "updated" || outcome === "unchanged";

/** The age of the commit whose code the alias's version has; -1 for what was there before. */
function liveAge(name: string, live: Live, contenders: readonly Contender[]): number {
  const code = live.versions.get(live.aliasVersion ?? "");
  return contenders.find(({ codes }) => codes[name] === code)?.age ?? -1;
}

function loserProblem(name: string, { age, exitCode, outcome, code, text }: Claim): string | null {
  const conflict = outcome === "conflict" && exitCode === 4;
  const refused = exitCode === 3 && REFUSALS.test(code ?? "");
  // One of its functions was in conflict, this one is what it was.
  if (conflict || refused) return null;
  return `${name}: loser ${age} says ${outcome} (${code}), exit code ${exitCode}: ${text}`;
}

/** What is not as it must be after a race, in words. */
export function raceProblems(
  { live, claims }: Race,
  contenders: readonly Contender[],
): { readonly problems: string[]; readonly ages: readonly number[] } {
  const problems: string[] = [];
  const ages: number[] = [];
  for (const [name, own] of Object.entries(claims)) {
    const seen = live[name];
    if (seen === undefined) continue;
    const age = liveAge(name, seen, contenders);
    ages.push(age);
    const winners = own.filter(hasWon).map((claim) => claim.age);
    const told = own.map((claim) => `${claim.age} ${claim.outcome} ${claim.code ?? ""}`).join(", ");
    if (winners.length === 0) problems.push(`${name}: nobody won (${told})`);
    if (!winners.includes(age)) problems.push(`${name}: live is ${age}, which did not win (${told})`);
    if (winners.some((winner) => winner > age))
      problems.push(`${name}: live is ${age}, and a newer one won (${told})`);
    // Code that comes back after other code is a new version, as it may be with another configuration.
    const published = [...seen.versions.values()];
    if (published.some((code, index) => index > 0 && code === published[index - 1]))
      problems.push(`${name}: code was published twice (${told})`);
    problems.push(
      ...own.filter((claim) => !hasWon(claim)).flatMap((claim) => loserProblem(name, claim) ?? []),
    );
  }
  return { problems, ages };
}
