import { type FaultProxy, scopeOf, startProxy } from "@sluice/test-kit";
import { type FaultKind, faultOf } from "./kinds.ts";

/** The n-th call of an operation in a run, as `UpdateAlias 1`. */
export type CallName = string;

export interface FaultPlan {
  readonly at: CallName;
  readonly kind: FaultKind;
}

/** What one process asks AWS, and what goes wrong with it. */
export interface Line {
  /** In order. */
  readonly calls: readonly CallName[];
  /** Whether the call that the plan names was made. */
  readonly struck: boolean;
  /** Told how to end the process, as soon as there is one. */
  onKill: () => void;
}

/** One proxy for all: an access key tells whose call it is, so that many runs go on at once. */
export interface Station {
  readonly endpoint: string;
  /**
   * From now on calls with this access key are named from 1 again, and meet with this fault.
   *
   * @param aheadMs - AWS's clock seems so much later, as after a wait
   */
  open(accessKey: string, plan: FaultPlan | null, aheadMs?: number): Line;
  /** Resolves when no call is under way, late ones included. */
  quiet(accessKey: string): Promise<void>;
  stop(): Promise<void>;
}

interface OpenLine extends Line {
  readonly aheadMs: number;
  readonly plan: FaultPlan | null;
  readonly calls: CallName[];
  readonly counts: Map<string, number>;
  struck: boolean;
}

function nameCall(line: OpenLine, operation: string): CallName {
  const count = (line.counts.get(operation) ?? 0) + 1;
  line.counts.set(operation, count);
  const name = `${operation} ${count}`;
  line.calls.push(name);
  return name;
}

/** Milliseconds after which a late call has arrived and was carried out. */
const QUIET_MS = 2_300;

export async function startStation(target: string): Promise<Station> {
  const lines = new Map<string, OpenLine>();
  const lateUntil = new Map<string, number>();
  const proxy: FaultProxy = await startProxy(target, {
    intercept: (call) => {
      const key = scopeOf(call)?.accessKey ?? "";
      const line = lines.get(key);
      if (line === undefined) return null;
      const name = nameCall(line, call.operation);
      const { plan } = line;
      const dead = plan?.kind === "line dead" && line.struck;
      if (plan === null || (plan.at !== name && !dead)) return null;
      line.struck = true;
      if (plan.kind === "late") lateUntil.set(key, performance.now() + QUIET_MS);
      return faultOf(plan.kind, call, line.onKill);
    },
    aheadMs: (call) => lines.get(scopeOf(call)?.accessKey ?? "")?.aheadMs ?? 0,
  });
  return {
    endpoint: proxy.endpoint,
    open: (accessKey, plan, aheadMs = 0) => {
      const line = { plan, aheadMs, calls: [], counts: new Map(), struck: false, onKill: () => undefined };
      lines.set(accessKey, line);
      // Thousands of calls are not kept.
      proxy.reset();
      return line;
    },
    quiet: async (accessKey) => {
      const left = (lateUntil.get(accessKey) ?? 0) - performance.now();
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    },
    stop: proxy.stop,
  };
}
