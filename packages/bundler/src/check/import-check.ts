import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { digestOf, readZip, withSlot, type Zip } from "@sluice/artifact";
import type { ResolvedFunction } from "@sluice/core";
import { unpackedLayers } from "../layers/unpacked-layers.ts";
import { nodeMajor } from "../node/options.ts";
import type { Work } from "../session.ts";
import { attempt } from "./attempts.ts";
import { otherNodeNotice } from "./check-session.ts";
import type { StandIns } from "./child/job.ts";
import { handlerAbsent, handlerNoFunction, importCheckFailed } from "./errors.ts";
import { type CheckNode, majorOf } from "./find-node.ts";
import { sourcePlaces } from "./frames.ts";
import { type CheckResult, INIT_SECONDS } from "./judge.ts";
import { lambdaEnvironment } from "./lambda-environment.ts";
import { mentionsOne, providedFor } from "./provided-for.ts";
import { runChild } from "./run-child.ts";
import type { Unpacked } from "./scratch.ts";
import { foreignCode, isCheckable, thisHost } from "./skip.ts";

const MADE_UP = 4;

function standInsFor(work: Work, { files }: Unpacked, layers: string | null): StandIns | null {
  const { fn, session, input } = work;
  const packages = providedFor(fn, input.config);
  if (layers === null && !mentionsOne(files, packages)) return null;
  const isModule = fn.source === "module" && fn.command === null;
  const importer = isModule ? resolve(session.root, fn.entry) : resolve(session.root, "package.json");
  return { packages, from: pathToFileURL(importer).href, layers };
}

/** Loads the handler from the unpacked package, as often as it takes, and maps where it failed to the sources. `opt`: its layers. */
async function load(
  work: Work,
  node: CheckNode,
  unpacked: Unpacked,
  opt: Unpacked | null,
): Promise<CheckResult> {
  const { fn, session } = work;
  const { scratch, files } = unpacked;
  const layers = opt?.scratch.root ?? null;
  const foreign = foreignCode([...files, ...(opt?.files ?? [])], thisHost);
  if (foreign !== null) return { kind: "skipped", reason: `the package ${foreign}` };
  const standIns = standInsFor(work, unpacked, layers);
  const options = {
    node: node.path,
    cwd: scratch.root,
    env: lambdaEnvironment(fn, scratch, layers),
    signal: session.context.signal,
    timeoutMs: INIT_SECONDS * 1000,
  };
  const job = { root: scratch.root, handler: fn.handler, standIns };
  const scene = {
    root: scratch.root,
    checked: majorOf(node.version),
    wanted: nodeMajor(fn.runtime) ?? 0,
  };
  const outcome = await attempt((placeholders) => runChild(options, { ...job, placeholders }), scene);
  if (outcome.kind !== "fault" || outcome.failure === null) return outcome;
  return { ...outcome, places: sourcePlaces(outcome.failure.stack, scratch.root, files) };
}

async function outcomeOf(work: Work, zip: Zip): Promise<CheckResult> {
  const { fn, session } = work;
  const { check } = session;
  const major = nodeMajor(fn.runtime) ?? 0;
  const digest = digestOf(zip.bytes);
  const { handler, runtime, provided, layers, entry } = fn;
  const folder = dirname(entry);
  const key = JSON.stringify([digest, handler, runtime, provided, layers, folder, fn.importCheck.env]);
  const known = check.outcomes.get(key);
  if (known !== undefined) return known;
  const started = withSlot(async () => {
    session.context.signal.throwIfAborted();
    const node = await check.nodeOf(major);
    const read = () => readZip(zip.bytes).entries;
    const layers = await unpackedLayers(session, fn);
    return check.scratch.with(digest, read, (unpacked) =>
      layers === null
        ? load(work, node, unpacked, null)
        : check.scratch.with(layers.id, layers.read, (opt) => load(work, node, unpacked, opt)),
    );
  });
  check.outcomes.set(key, started);
  return started;
}

function madeUp(fn: ResolvedFunction, variables: readonly string[], reason: string): string {
  const shown = variables.slice(0, MADE_UP);
  const more = variables.length > shown.length ? ` (of ${variables.length} that it reads)` : "";
  const env = shown.map((name) => `${name}: "…"`).join(", ");
  return `${fn.name}: the import check had to make up environment variables. Without them, ${reason}. Give it those that matter${more}: importCheck: { env: { ${env} } }.`;
}

/** Says what came of it, or throws. */
function tell(work: Work, outcome: CheckResult): void {
  const { fn, session } = work;
  const { context, check } = session;
  const notice = (message: string): void => context.emit({ type: "notice", message });
  if (outcome.kind === "fault") throw importCheckFailed(fn.name, outcome.fault, outcome.places);
  if (outcome.kind === "missing") throw handlerAbsent(fn, outcome.exports);
  if (outcome.kind === "value") throw handlerNoFunction(fn, outcome.found);
  if (outcome.kind === "skipped") check.skipped.add(outcome.reason, fn.name);
  if (outcome.kind === "unproved") notice(`${fn.name}: the import check proves nothing: ${outcome.reason}.`);
  if (outcome.kind !== "proved") return;
  const stubbed = outcome.stubbed.length > 0 ? ` with stubs for ${outcome.stubbed.join(", ")}` : "";
  context.log.debug(`${fn.name}: ${fn.handler} loads from the zip${stubbed}`);
  if (outcome.needs !== null) notice(madeUp(fn, outcome.needs.variables, outcome.needs.reason));
}

/**
 * Proves that a function's handler loads from its zip and is a function: in a process of the runtime's Node.js, with the package
 * unpacked, and without network, credentials or anything of this process's environment. Whatever cannot be proved on this
 * machine is told in a notice.
 *
 * @throws `SLUICE_IMPORT_CHECK_FAILED`, `SLUICE_HANDLER_NOT_EXPORTED`, `SLUICE_HANDLER_NOT_A_FUNCTION`
 */
export async function checkImports(work: Work, zip: Zip): Promise<void> {
  const { fn, session } = work;
  if (!isCheckable(fn)) return;
  if (!fn.importCheck.enabled) {
    session.context.log.debug(`${fn.name}: the import check is switched off`);
    return;
  }
  const outcome = await outcomeOf(work, zip);
  const wanted = nodeMajor(fn.runtime) ?? 0;
  const other = otherNodeNotice(await session.check.nodeOf(wanted), wanted);
  if (other !== null && outcome.kind !== "skipped") session.check.otherNode.add(other, fn.name);
  tell(work, outcome);
}
