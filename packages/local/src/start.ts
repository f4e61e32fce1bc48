import { access, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { RunContext } from "@sluice/core";
import { type EmulatorSettings, logTail, spawnEmulator, waitUntilHealthy } from "./emulator.ts";
import { localShell } from "./environment.ts";
import { localErrors } from "./errors.ts";
import { writable } from "./folder.ts";
import { endInstance, findRunning } from "./instance.ts";
import { LAUNCH_SCRIPT } from "./launch-script.ts";
import type { LocalAws, LocalOptions } from "./local-aws.ts";
import { withLock } from "./lock.ts";
import { installNodes, OWN_NODE } from "./nodes.ts";
import { type Places, placesOf } from "./places.ts";
import { freePort } from "./port.ts";
import { installMinistack } from "./python.ts";
import { checkSettings } from "./settings.ts";
import { FOLDER_PREFIX, localAwsOf, type State, writeState } from "./state.ts";
import { MINISTACK } from "./versions.ts";

/** How often another program may be quicker to take the port that was found free. */
const ATTEMPTS = 5;

type Installed = Pick<EmulatorSettings, "ministack" | "nodes">;
type Prepared = Installed & Pick<EmulatorSettings, "settings">;

async function install(home: string, context: RunContext): Promise<Installed> {
  // Both wait for the network most of the time.
  const [ministack, nodes] = await Promise.allSettled([
    installMinistack(home, context),
    installNodes(home, context),
  ]);
  if (ministack.status === "rejected") throw ministack.reason;
  if (nodes.status === "rejected") throw nodes.reason;
  return { ministack: ministack.value, nodes: nodes.value };
}

function stateOf({ ministack, nodes, port, folder, log }: EmulatorSettings, now: number): State {
  return {
    schema: 1,
    endpoint: `http://127.0.0.1:${port}`,
    pid: null,
    port,
    folder,
    log,
    nodes: { 22: nodes[22]?.version ?? null, 24: nodes[24]?.version ?? null },
    node: OWN_NODE.version,
    python: `python${ministack.version}`,
    startedAt: now,
    version: MINISTACK,
  };
}

/** Starts one on `port`; `null` when another program has taken it. */
async function launch(
  prepared: Prepared,
  port: number,
  places: Places,
  context: RunContext,
): Promise<LocalAws | null> {
  const { log, stateFile, envFile, temporary } = places;
  // The real path, so that what the processes show of themselves is the same.
  const folder = await writable(temporary, async () =>
    realpath(await mkdtemp(join(temporary, FOLDER_PREFIX))),
  );
  const settings = { ...prepared, port, folder, token: basename(folder), log };
  const state = stateOf(settings, context.now());
  try {
    await writable(stateFile, () => writeState(stateFile, state));
    const child = await spawnEmulator(settings, LAUNCH_SCRIPT);
    if (child.pid !== undefined) await writeState(stateFile, { ...state, pid: child.pid });
    const started = await waitUntilHealthy(child, settings, context);
    if (started === "healthy" && child.pid !== undefined) {
      const local = localAwsOf({ ...state, pid: child.pid });
      await writeFile(envFile, localShell(local), { mode: 0o600 });
      return local;
    }
    if (started === "port taken") {
      await endInstance(places);
      return null;
    }
    const reason = started === "ended" ? "ended as it started" : "does not answer";
    throw localErrors.notStarted(log, reason, context.redact(await logTail(log)), places.home);
  } catch (error) {
    await endInstance(places);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startNew(options: LocalOptions, places: Places, context: RunContext): Promise<LocalAws> {
  const prepared = { ...(await install(places.home, context)), settings: options.settings ?? {} };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = options.port ?? (await freePort());
    const local = await launch(prepared, port, places, context);
    if (local !== null) return local;
    if (options.port !== undefined) throw localErrors.portTaken(options.port);
  }
  const { log, home } = places;
  throw localErrors.notStarted(log, "found its port taken again and again", await logTail(log), home);
}

/**
 * Starts the embedded AWS, and installs it where it is not yet in the cache. One that runs already, in the same state
 * folder, is returned as it is. It outlives this process.
 *
 * @throws SLUICE_LOCAL_PLATFORM, SLUICE_LOCAL_SETTING, SLUICE_LOCAL_NO_PYTHON, SLUICE_LOCAL_NO_VENV,
 * SLUICE_LOCAL_INSTALL_FAILED, SLUICE_LOCAL_FOLDER, SLUICE_LOCAL_LOCKED, SLUICE_LOCAL_PORT_TAKEN, SLUICE_LOCAL_NOT_STARTED
 */
export async function startLocal(options: LocalOptions, context: RunContext): Promise<LocalAws> {
  if (process.platform === "win32") throw localErrors.platform(process.platform);
  checkSettings(options.settings ?? {});
  const places = placesOf(options, context);
  const running = await findRunning(places);
  if (running !== null) return running;
  return withLock(places.lock, context, async () => {
    const meanwhile = await findRunning(places);
    if (meanwhile !== null) return meanwhile;
    await writable(places.state, async () => {
      await mkdir(places.state, { recursive: true });
      // An emulator that runs must not make the work tree dirty.
      const ignore = join(places.state, ".gitignore");
      await access(ignore).catch(() => writeFile(ignore, "*\n"));
    });
    await endInstance(places);
    return startNew(options, places, context);
  });
}
