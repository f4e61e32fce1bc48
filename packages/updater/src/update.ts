import { moveAlias } from "./move-alias.ts";
import type { FunctionState } from "./observed.ts";
import { publish, publishedAlready } from "./publish.ts";
import { type Landed, type TargetRun, updatedTo } from "./target-run.ts";
import { type Updated, updateCode } from "./update-code.ts";
import { waitUntilReady } from "./wait.ts";

/**
 * Carries out `update`: code, function version, alias; each only when the one before is done.
 *
 * With an alias, and done by the first poll, that is UpdateFunctionCode, GetFunction, UpdateAlias.
 */
export async function update(run: TargetRun, latest: FunctionState): Promise<Landed> {
  const updated = await updateCode(run, latest);
  const { version, polls } = await versionOf(run, updated);
  // Another run can only have overtaken this one when it took its time.
  if (run.seen.aliasExists) await moveAlias(run, version, updated.found || polls > 1);
  return updatedTo(version, updated.found ? "the code was there already" : "");
}

interface Ready {
  readonly version: string;
  readonly polls: number;
}

async function versionOf(run: TargetRun, { state, found }: Updated): Promise<Ready> {
  const version = state.version;
  if (!found && version !== null && version !== "$LATEST") {
    run.step(`waiting for ${version}`);
    const { polls } = await waitUntilReady(run, state, version);
    return { version, polls };
  }
  run.step("waiting");
  const latest = await waitUntilReady(run, state);
  const published = (found ? await publishedAlready(run) : null) ?? (await publish(run, latest.state));
  const number = published.version ?? "";
  const { polls } = await waitUntilReady(run, published, number);
  return { version: number, polls: latest.polls + polls };
}

/**
 * Carries out `move-alias`: what an earlier run left undone. `$LATEST` has the code; a function version that has it is
 * published only when there is none.
 */
export async function finish(run: TargetRun, latest: FunctionState): Promise<Landed> {
  const { version } = await versionOf(run, { state: latest, found: true });
  await moveAlias(run, version, true);
  return updatedTo(version, "");
}
