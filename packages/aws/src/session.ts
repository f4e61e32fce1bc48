import { setMaxListeners } from "node:events";
import type { RunContext } from "@sluice/core";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { Identity } from "./identity.ts";
import { type LimiterClock, systemClock } from "./quota-limiter.ts";
import { createQuotas, type Quotas } from "./quotas.ts";

/** What all scopes of one run share. */
export interface Session {
  readonly context: RunContext;
  /** By profile and role. */
  readonly credentials: Map<string, AwsCredentialIdentityProvider>;
  readonly identities: Map<string, Promise<Identity>>;
  /** The quotas of an account and region; `account` is whatever tells accounts apart before they are known. */
  quotas(account: string, region: string): Quotas;
}

const sessions = new WeakMap<RunContext, Session>();

function createSession(context: RunContext, clock: LimiterClock): Session {
  const quotas = new Map<string, Quotas>();
  // As many calls as there are targets may wait for their turn; Node.js takes more than ten listeners for a leak.
  setMaxListeners(0, context.signal);
  return {
    context,
    credentials: new Map(),
    identities: new Map(),
    quotas: (account, region) => {
      const key = `${account} ${region}`;
      const found = quotas.get(key) ?? createQuotas(clock);
      quotas.set(key, found);
      return found;
    },
  };
}

/** The session of a run: made once per context. */
export function sessionOf(context: RunContext): Session {
  const found = sessions.get(context) ?? createSession(context, systemClock);
  sessions.set(context, found);
  return found;
}
