import { type CheckScene, INVENTED, judge, type Outcome } from "./judge.ts";
import type { Ran } from "./run-child.ts";

/** Loads the handler once; variables that it misses have nothing, a value by their name, or this text. */
export type Try = (placeholders: string) => Promise<Ran>;

/** When no name helps: one of these may pass a check of its form. */
const PLACEHOLDERS = ["none", "named", "https://localhost.invalid", "49151"];

/** What is looked for credentials in: Lambda has them, a check has none, and nobody has to be told of them. */
const AT_RUNTIME = /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|ROLE_ARN|ACCOUNT_ID)$/;

/** What all tries together came to, and the last one that came to its end. */
export interface Attempted {
  readonly outcome: Outcome;
  readonly ran: Ran | null;
}

/** Whether a fault may come from a value that was made up: it speaks of one. */
function isInvented(outcome: Outcome): boolean {
  if (outcome.kind !== "fault") return false;
  return INVENTED.some((value) => `${outcome.fault.reason} ${outcome.fault.hint}`.includes(value));
}

/** Whether more tries, with other values for variables, could come to something else. */
function isFinal(outcome: Outcome, ran: Ran, placeholders: string): boolean {
  if (outcome.kind === "unproved") return !outcome.again || ran.answer?.variables.length === 0;
  if (ran.answer === null) return true;
  // What is wrong without any variables may be right with them: a path that is put together from one.
  if (placeholders === "none") return ran.answer.variables.length === 0;
  return !isInvented(outcome);
}

function reasonOf(outcome: Outcome): string {
  if (outcome.kind === "fault") return outcome.fault.reason;
  return outcome.kind === "unproved" ? outcome.reason : "it has no handler";
}

/** The variables to tell: those before the failure come first, the last one asked for as the likeliest. */
function toTell(failed: Ran, passed: Ran): string[] {
  const missed = [failed, passed].flatMap(({ answer }) => (answer?.variables ?? []).toReversed());
  return [...new Set(missed)].filter((name) => !AT_RUNTIME.test(name));
}

/**
 * Loads a handler, first without any of the function's environment variables; where it fails and has asked for some, with made-up
 * values: by their names, then others for all.
 */
export async function attempt(load: Try, scene: CheckScene): Promise<Attempted> {
  let first: { readonly outcome: Outcome; readonly ran: Ran } | null = null;
  for (const placeholders of PLACEHOLDERS) {
    const ran = await load(placeholders);
    const outcome = judge(ran, scene);
    if (outcome.kind === "proved") {
      const variables = first === null ? [] : toTell(first.ran, ran);
      if (first === null || variables.length === 0) return { outcome, ran };
      return { outcome: { ...outcome, needs: { variables, reason: reasonOf(first.outcome) } }, ran };
    }
    if (isFinal(outcome, ran, placeholders)) return { outcome, ran };
    first ??= { outcome, ran };
  }
  const reason = first === null ? "it was not loaded" : reasonOf(first.outcome);
  return { outcome: { kind: "unproved", reason, again: false }, ran: first?.ran ?? null };
}
