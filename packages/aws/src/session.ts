import { setMaxListeners } from "node:events";
import type { RunContext } from "@sluice/core";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import { type Accounts, createAccounts } from "./accounts.ts";
import { type Agents, createAgents } from "./agents.ts";
import type { Identity } from "./identity.ts";
import { systemClock } from "./quota-limiter.ts";
import type { Quotas } from "./quotas.ts";

/** What all scopes of one run share. */
export interface Session {
  readonly context: RunContext;
  /** By profile and role. */
  readonly credentials: Map<string, AwsCredentialIdentityProvider>;
  readonly identities: Map<string, Promise<Identity>>;
  readonly accounts: Accounts;
  /** The quotas of whoever's credentials these are, in a region. */
  quotas(credentials: string, region: string): Quotas;
  /** What connections are made with. Made once. */
  agents(): Promise<Agents>;
}

const sessions = new WeakMap<RunContext, Session>();

function createSession(context: RunContext): Session {
  // As many calls as there are targets may wait for their turn; Node.js takes more than ten listeners for a leak.
  setMaxListeners(0, context.signal);
  const accounts = createAccounts(systemClock);
  let agents: Promise<Agents> | undefined;
  return {
    context,
    credentials: new Map(),
    identities: new Map(),
    accounts,
    quotas: (credentials, region) => accounts.quotas(credentials, region),
    agents: () => {
      agents ??= createAgents(context);
      return agents;
    },
  };
}

/** The session of a run: made once per context. */
export function sessionOf(context: RunContext): Session {
  const found = sessions.get(context) ?? createSession(context);
  sessions.set(context, found);
  return found;
}
