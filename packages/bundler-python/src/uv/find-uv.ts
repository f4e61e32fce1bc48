import type { RunContext } from "@sluice/core";
import type { PythonRun } from "../run.ts";
import { installerUnknown, uvMissing, uvUnusable } from "./errors.ts";
import { fetchRelease } from "./fetch-release.ts";
import { findInstalledUv, installUv } from "./install-uv.ts";
import { runTool, type Tool } from "./process.ts";
import { hostPython } from "./python.ts";
import { thisHost, UV_VERSION, uvRelease } from "./releases.ts";

/** A uv of this machine. */
export interface Uv extends Tool {
  /** As `0.13.9`. */
  readonly version: string;
}

/** The first one that leaves packages out of a resolution (`--excludes`), and writes pylock.toml. */
const OLDEST = "0.9.8";

/** Milliseconds. */
const PROBE_TIMEOUT = 60_000;

async function versionOf(tool: Tool, context: RunContext): Promise<string | null> {
  const options = { cwd: context.cwd, env: context.env, timeoutMs: PROBE_TIMEOUT };
  const { ok, stdout } = await runTool(tool, ["--version"], context, options);
  return ok ? (/^uv (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null) : null;
}

function isNewEnough(version: string): boolean {
  return version.localeCompare(OLDEST, "en", { numeric: true }) >= 0;
}

async function usable(tool: Tool, context: RunContext): Promise<Uv | null> {
  const version = await versionOf(tool, context);
  return version !== null && isNewEnough(version) ? { ...tool, version } : null;
}

/** The one that the user names. */
async function namedUv(path: string, context: RunContext): Promise<Uv> {
  const tool: Tool = { command: path, prefix: [] };
  const version = await versionOf(tool, context);
  if (version === null) throw uvUnusable(path, "it does not run, or is no uv");
  if (!isNewEnough(version))
    throw uvUnusable(path, `it is uv ${version}, and ${OLDEST} is the oldest that will do`);
  return { ...tool, version };
}

/** Of `python3 -m uv`; looked for only when there is no other, since it starts an interpreter each time. */
async function uvOfPython(context: RunContext): Promise<Uv | null> {
  const python = await hostPython(context);
  return python === null ? null : usable({ command: python.path, prefix: ["-m", "uv"] }, context);
}

/** What came of the search: a uv, or why there is none. */
type Search = { readonly uv: Uv } | { readonly uv: null; readonly reason: string };

async function install(run: PythonRun): Promise<Search> {
  const { context } = run;
  const host = thisHost();
  const release = uvRelease(host);
  if (release === null) return { uv: null, reason: `there is no uv for ${host.platform}-${host.arch}` };
  context.emit({ type: "notice", message: `Installing uv ${UV_VERSION} into ${run.home} (once)` });
  try {
    const path = await installUv(run.home, release, (wanted, folder) => fetchRelease(run, wanted, folder));
    if (path === null) return { uv: null, reason: `the package index does not have ${release.filename}` };
    const uv = await usable({ command: path, prefix: [] }, context);
    return uv === null ? { uv, reason: `${path} does not run on this machine` } : { uv };
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = context.redact(error instanceof Error ? error.message : String(error));
    return { uv: null, reason: reason.replace(/\.$/, "") };
  }
}

/** One that is there already. */
async function search({ context, home }: PythonRun): Promise<Uv | null> {
  const named = context.env["SLUICE_UV"];
  if (named !== undefined && named !== "") return namedUv(named, context);
  const onPath = await usable({ command: "uv", prefix: [] }, context);
  if (onPath !== null) return onPath;
  const installed = await findInstalledUv(home);
  const ours = installed === null ? null : await usable({ command: installed, prefix: [] }, context);
  return ours ?? uvOfPython(context);
}

/** Which of the two is asked for; `null` for neither. */
function wantedInstaller({ env }: RunContext): "uv" | "pip" | null {
  const wanted = env["SLUICE_PYTHON_INSTALLER"] ?? "";
  if (wanted !== "" && wanted !== "uv" && wanted !== "pip") throw installerUnknown(wanted);
  return wanted === "" ? null : wanted;
}

async function decide(run: PythonRun): Promise<Uv | null> {
  const { context } = run;
  const wanted = wantedInstaller(context);
  if (wanted === "pip") return null;
  const there = await search(run);
  if (there !== null) return there;
  const found = await install(run);
  if (found.uv !== null) return found.uv;
  if (wanted === "uv") throw uvMissing(found.reason);
  const message = `uv could not be had (${found.reason}): pip resolves Python dependencies instead, which takes longer.`;
  context.emit({ type: "notice", message });
  return null;
}

const decided = new WeakMap<RunContext, Promise<Uv | null>>();

/**
 * The uv that resolves: `SLUICE_UV`, else that on the PATH, else the one in Sluice's cache, else `python3 -m uv`, else the pinned
 * version is installed into the cache. Looked for once in a run.
 *
 * @returns `null` when pip is to be used: asked for by `SLUICE_PYTHON_INSTALLER=pip`, or because uv cannot be had, which is told
 * @throws SLUICE_PYTHON_UV_UNUSABLE, SLUICE_PYTHON_UV_MISSING, SLUICE_PYTHON_INSTALLER_UNKNOWN
 */
export function findUv(run: PythonRun): Promise<Uv | null> {
  const known = decided.get(run.context) ?? decide(run);
  decided.set(run.context, known);
  return known;
}

/**
 * What would resolve, without installing anything: a uv that is there, `"install"` where one would be installed when it is needed, or
 * `"pip"`.
 *
 * @throws SLUICE_PYTHON_UV_UNUSABLE, SLUICE_PYTHON_INSTALLER_UNKNOWN
 */
export async function lookForUv(run: PythonRun): Promise<Uv | "install" | "pip"> {
  const wanted = wantedInstaller(run.context);
  if (wanted === "pip") return "pip";
  return (await search(run)) ?? (wanted === null && uvRelease(thisHost()) === null ? "pip" : "install");
}
