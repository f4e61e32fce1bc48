import { peelToCommit } from "../git/names.ts";
import type { Place } from "../git/run.ts";

const WHOLE = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The commit that somebody names by its digits: whole, which git need not know, or the first seven at least, which it must.
 *
 * @returns `null` for anything else: a branch's name would be another commit tomorrow
 */
export async function resolveCommit(text: string, place: Place): Promise<string | null> {
  const digits = text.toLowerCase();
  if (!/^[0-9a-f]{7,64}$/.test(digits)) return null;
  // Whoever names a tag object by its digits means what it points to.
  const found = await peelToCommit(digits, place).catch(() => null);
  return found ?? (WHOLE.test(digits) ? digits : null);
}
