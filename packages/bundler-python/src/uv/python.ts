import type { RunContext } from "@sluice/core";
import { runTool, type Tool } from "./process.ts";

/** An interpreter of this machine, of whatever version: it runs a resolver, not the function. */
export interface HostPython {
  /** As the interpreter gives it: an absolute path. */
  readonly path: string;
  /** 11 for 3.11. */
  readonly minor: number;
}

const NAMES = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/** The oldest one that today's pip runs on. */
const OLDEST_MINOR = 9;

const PROBE = "import sys; print(*sys.version_info[:2], sys.executable)";

/** Milliseconds. */
const PROBE_TIMEOUT = 60_000;

const known = new WeakMap<RunContext, Promise<HostPython | null>>();

async function search(context: RunContext): Promise<HostPython | null> {
  for (const command of NAMES) {
    const tool: Tool = { command, prefix: [] };
    const options = { cwd: context.cwd, env: context.env, timeoutMs: PROBE_TIMEOUT };
    const { ok, stdout } = await runTool(tool, ["-c", PROBE], context, options);
    const [, minor, path] = /^3 (\d+) (.+)$/m.exec(stdout) ?? [];
    if (ok && path !== undefined && Number(minor) >= OLDEST_MINOR) return { path, minor: Number(minor) };
  }
  return null;
}

/** The first Python 3 on the PATH that runs, looked for once in a run; `null` without one. */
export function hostPython(context: RunContext): Promise<HostPython | null> {
  const found = known.get(context) ?? search(context);
  known.set(context, found);
  return found;
}
