import { createHash } from "node:crypto";
import type { RunContext } from "@sluice/core";

/** An environment variable that decides what is built, with the SHA-256 (hexadecimal) of its value; `null`: it is not set. */
export type VariableState = readonly [name: string, sha256: string | null];

/** What stands before the `@` of addresses: it says who asks, not what for, and tokens of CI change with every run. */
const USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

function stateOf(env: RunContext["env"], name: string): VariableState {
  const value = env[name];
  if (value === undefined) return [name, null];
  return [name, createHash("sha256").update(value.replace(USERINFO, "$1")).digest("hex")];
}

/** Variables as they are now, without the credentials in addresses; sorted, each once. */
export function variableStates(env: RunContext["env"], names: readonly string[]): VariableState[] {
  return [...new Set(names)].sort().map((name) => stateOf(env, name));
}

/** Whether each variable has the value that it had. */
export function variablesUnchanged(env: RunContext["env"], known: readonly VariableState[]): boolean {
  return known.every(([name, sha256]) => stateOf(env, name)[1] === sha256);
}
