import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { RunContext } from "@sluice/core";
import { hasProxy } from "./proxy.ts";

/** How many connections an endpoint gets, and that they are kept. */
export interface AgentOptions {
  readonly keepAlive: true;
  readonly maxSockets: number;
}

/** What the clients make connections with: their own agents of these options, or agents that know the proxy. */
export interface Agents {
  readonly httpAgent: AgentOptions | HttpAgent;
  readonly httpsAgent: AgentOptions | HttpsAgent;
}

/**
 * The agents of a run. What knows proxies is loaded only when the environment names one.
 *
 * @throws `SLUICE_PROXY_INVALID`
 */
export async function createAgents(context: RunContext): Promise<Agents> {
  const options = { keepAlive: true, maxSockets: Math.max(50, context.concurrency) } as const;
  if (!hasProxy(context.env)) return { httpAgent: options, httpsAgent: options };
  const { createProxyAgents } = await import("./proxy-agents.ts");
  return createProxyAgents(context.env, options);
}
