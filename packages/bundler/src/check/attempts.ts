import { AT_RUNTIME, FALLBACKS, INVENTED } from "./child/environment.ts";
import type { Job } from "./child/job.ts";
import type { Scene } from "./fault.ts";
import { judge, type Outcome } from "./judge.ts";
import type { Ran } from "./run-child.ts";

/** Loads the handler once. */
export type Try = (placeholders: Job["placeholders"]) => Promise<Ran>;

const PLACEHOLDERS: readonly Job["placeholders"][] = [
  "none",
  "named",
  ...FALLBACKS.map((value) => ({ value })),
];

/** Whether a fault may come from a value that was made up: it speaks of one. */
function isInvented(outcome: Outcome): boolean {
  if (outcome.kind !== "fault") return false;
  const text = `${outcome.fault.reason} ${outcome.failure?.path ?? ""}`;
  return INVENTED.some((value) => text.includes(value));
}

/** Whether more tries, with other values for variables, could come to something else. */
function isFinal(outcome: Outcome, ran: Ran, placeholders: Job["placeholders"]): boolean {
  if (outcome.kind === "unproved") return !outcome.again || ran.answer?.variables.length === 0;
  if (ran.answer === null || ran.answer.verdict.kind === "unsettled") return true;
  // What is wrong without any variables may be right with them: a path that is put together from one.
  if (placeholders === "none") return ran.answer.variables.length === 0;
  return !isInvented(outcome);
}

function reasonOf(outcome: Outcome): string {
  if (outcome.kind === "fault") return outcome.fault.reason;
  return outcome.kind === "unproved" ? outcome.reason : "it does not export its handler";
}

/** The variables to tell: those before the failure come first, the last one read as the likeliest. */
function toTell(failed: Ran, passed: Ran): string[] {
  const missed = [failed, passed].flatMap(({ answer }) => (answer?.variables ?? []).toReversed());
  return [...new Set(missed)].filter((name) => !AT_RUNTIME.test(name));
}

/**
 * Loads a handler, first without any of the function's environment variables; where it fails and has asked for some, with made-up
 * values: by their names, then others for all.
 */
export async function attempt(load: Try, scene: Omit<Scene, "altered">): Promise<Outcome> {
  let first: { readonly outcome: Outcome; readonly ran: Ran } | null = null;
  for (const placeholders of PLACEHOLDERS) {
    const ran = await load(placeholders);
    const outcome = judge(ran, scene);
    if (outcome.kind === "proved") {
      const variables = first === null ? [] : toTell(first.ran, ran);
      if (first === null || variables.length === 0) return outcome;
      return { ...outcome, needs: { variables, reason: reasonOf(first.outcome) } };
    }
    if (isFinal(outcome, ran, placeholders)) return outcome;
    first ??= { outcome, ran };
  }
  const reason = first === null ? "it was not loaded" : reasonOf(first.outcome);
  return { kind: "unproved", reason, again: false };
}
