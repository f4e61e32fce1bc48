import type { LimiterClock, QuotaLimiter } from "./quota-limiter.ts";
import { createLimiter, type Quotas, quotaOf } from "./quotas.ts";

/**
 * Which credentials are of which account, and the limiters of each account and region. Credentials whose account is not known
 * yet have limiters of their own; as soon as it is known they share those of the account, with whoever waits there.
 */
export interface Accounts {
  /** The quotas of credentials in a region; which limiter that means is looked up at each call. */
  quotas(credentials: string, region: string): Quotas;
  /** `credentials` are of `account`. */
  learn(credentials: string, account: string): void;
}

/** Makes the book of accounts of one run. */
export function createAccounts(clock: LimiterClock): Accounts {
  const accountOf = new Map<string, string>();
  /** Owner (an account, or credentials) → region and quota → limiter. */
  const owners = new Map<string, Map<string, QuotaLimiter>>();

  const limitersOf = (owner: string): Map<string, QuotaLimiter> => {
    const found = owners.get(owner) ?? new Map<string, QuotaLimiter>();
    owners.set(owner, found);
    return found;
  };

  return {
    quotas: (credentials, region) => (operation) => {
      const quota = quotaOf(operation);
      if (quota === null) return null;
      const limiters = limitersOf(accountOf.get(credentials) ?? credentials);
      const key = `${region} ${quota}`;
      const found = limiters.get(key) ?? createLimiter(quota, clock);
      limiters.set(key, found);
      return found;
    },
    learn: (credentials, account) => {
      if (accountOf.has(credentials)) return;
      accountOf.set(credentials, account);
      const shared = limitersOf(account);
      for (const [key, own] of owners.get(credentials) ?? []) {
        const there = shared.get(key);
        if (there === undefined) shared.set(key, own);
        else own.join(there);
      }
      owners.delete(credentials);
    },
  };
}
