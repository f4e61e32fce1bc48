import type { FunctionState } from "../plan/observed.ts";
import { clearTheWay } from "../traffic/clear-the-way.ts";
import { publish, publishedAlready } from "./publish.ts";
import { release } from "./release.ts";
import type { Landed, TargetRun } from "./target-run.ts";
import { type Updated, updateCode } from "./update-code.ts";
import { waitUntilReady } from "./wait.ts";

/**
 * Carries out `update`: code, function version, alias; each only when the one before is done.
 *
 * With an alias, and done by the first poll, that is UpdateFunctionCode, GetFunction, UpdateAlias.
 */
export async function update(run: TargetRun, latest: FunctionState): Promise<Landed> {
  await clearTheWay(run);
  const updated = await updateCode(run, latest);
  const version = await versionOf(run, updated);
  const landed = await release(run, version, updated.sentAt);
  if (updated.sentAt !== null || landed.error !== null) return landed;
  return { ...landed, reason: ["the code was there already", landed.reason].filter(Boolean).join("; ") };
}

async function versionOf(run: TargetRun, { state, sentAt }: Updated): Promise<string> {
  const version = state.version;
  if (sentAt !== null && version !== null && version !== "$LATEST") {
    run.step(`waiting for ${version}`);
    await waitUntilReady(run, state, version);
    return version;
  }
  run.step("waiting");
  const latest = await waitUntilReady(run, state);
  const published =
    (sentAt === null ? await publishedAlready(run) : null) ?? (await publish(run, latest.state));
  const number = published.version ?? "";
  await waitUntilReady(run, published, number);
  return number;
}

/**
 * Carries out `move-alias`, or publishing alone: what an earlier run left undone. `$LATEST` has the code; a function version that has it is
 * published only when there is none.
 */
export async function finish(run: TargetRun, latest: FunctionState): Promise<Landed> {
  await clearTheWay(run);
  const version = await versionOf(run, { state: latest, sentAt: null });
  return release(run, version, null);
}
