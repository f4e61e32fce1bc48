import type { Plugin } from "./plugin.ts";

/** How the hooks of one phase are run. */
export type Cardinality =
  /** In plugin order, each given what the one before returned. */
  | "sequence"
  /** In plugin order until one answers. */
  | "first"
  /** All at once; the first failure ends the phase once every hook has settled. */
  | "all"
  /** All at once; every failure is collected. */
  | "settle";

export type PhaseName = Exclude<keyof Plugin, "name">;

export interface PhasePolicy {
  readonly cardinality: Cardinality;
  readonly writes: "none" | "local" | "remote";
}

/** The policy of every phase. A dry run is the same run without the phases that write remotely. */
export const PHASES: Readonly<Record<PhaseName, PhasePolicy>> = {
  config: { cardinality: "sequence", writes: "none" },
  environment: { cardinality: "first", writes: "none" },
  bundle: { cardinality: "first", writes: "local" },
  attest: { cardinality: "all", writes: "local" },
  gate: { cardinality: "settle", writes: "none" },
  plan: { cardinality: "all", writes: "none" },
  apply: { cardinality: "all", writes: "remote" },
  report: { cardinality: "settle", writes: "local" },
};
