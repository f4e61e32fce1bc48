import type { Message } from "esbuild";
import type { OutsidePlugin } from "../externals/externals-plugin.ts";
import { type Attempt, type Builder, failureMessages } from "./builder.ts";
import { ENTRY_NAMESPACE, entryKey, type NodeEntry } from "./entry.ts";
import { missingWarnings, neededAtOnce, withoutMissing } from "./missing.ts";
import type { NodeGroup } from "./options.ts";
import { type BuiltEntry, splitOutputs } from "./output.ts";
import { declaresRequire } from "./require.ts";

/** Why an entry could not be built. */
interface FailedEntry {
  /** esbuild's messages, all of them. */
  readonly messages: readonly Message[];
}

/** What became of some entries of a group. */
export interface BatchResult {
  /** By entry key. */
  readonly entries: ReadonlyMap<string, BuiltEntry | FailedEntry>;
  readonly warnings: readonly Message[];
  /** Imports left to the runtime because they are not installed. */
  readonly provided: readonly string[];
  /** Small modules by which copied packages are imported, by their key in the metafile's inputs. */
  readonly standIns: OutsidePlugin["standIns"];
}

/**
 * Warning of esbuild for a source that exports nothing at all: for a handler it is an error. It has none for CommonJS with other
 * exports, and none for types.
 */
function undefinedHandlers(warnings: readonly Message[]): Map<string, Message> {
  const ofEntries = warnings.filter((warning) => warning.location?.file.startsWith(`${ENTRY_NAMESPACE}:`));
  return new Map(
    ofEntries.map((warning) => [(warning.location?.file ?? "").slice(ENTRY_NAMESPACE.length + 1), warning]),
  );
}

/** Whether some entry was built without a package that is missing. */
function isLeftOut(entries: ReadonlyMap<string, BuiltEntry | FailedEntry>, message: Message): boolean {
  const file = message.location?.file ?? "";
  return [...entries.values()].some((entry) => "metafile" in entry && file in entry.metafile.inputs);
}

async function resultOf(root: string, group: NodeGroup, attempt: Attempt): Promise<BatchResult> {
  const { built, provided, missing, standIns } = attempt;
  const undefinedOnes = undefinedHandlers(built.warnings);
  const addsRequire = group.format === "esm" && !(await declaresRequire(group.esbuild.banner?.js));
  const entries = new Map<string, BuiltEntry | FailedEntry>(
    splitOutputs(built, root, [...(group.esbuild.inject ?? [])], addsRequire),
  );
  for (const [key, entry] of entries) {
    if ("messages" in entry) continue;
    const needed = neededAtOnce(entry, missing);
    entries.set(key, needed.length > 0 ? { messages: needed } : withoutMissing(entry));
  }
  for (const [key, message] of undefinedOnes) entries.set(key, { messages: [message] });
  const entryWarnings = new Set(undefinedOnes.values());
  const warnings = built.warnings.filter((warning) => !entryWarnings.has(warning));
  const late = missing.filter((message) => isLeftOut(entries, message));
  return { entries, warnings: [...warnings, ...missingWarnings(late)], provided, standIns };
}

/**
 * Builds some entries in one build. esbuild links each entry by itself, so an entry's bytes do not depend on which others are
 * built along. When the build fails, each half is tried alone, down to the entries that are at fault: one bad
 * function costs a few failed scans, and the others are built.
 *
 * @param root - real path of the repository's root
 */
export async function buildBatch(
  root: string,
  group: NodeGroup,
  builder: Builder,
  entries: readonly NodeEntry[],
  signal: AbortSignal,
): Promise<BatchResult> {
  signal.throwIfAborted();
  try {
    return await resultOf(root, group, await builder.build(entries));
  } catch (error) {
    const messages = failureMessages(error);
    const [only, second] = entries;
    if (only === undefined || second === undefined) {
      const failed = new Map(only ? [[entryKey(only), { messages }]] : []);
      return { entries: failed, warnings: [], provided: [], standIns: new Map() };
    }
    const middle = Math.ceil(entries.length / 2);
    const first = await buildBatch(root, group, builder, entries.slice(0, middle), signal);
    const rest = await buildBatch(root, group, builder, entries.slice(middle), signal);
    return {
      entries: new Map([...first.entries, ...rest.entries]),
      warnings: [...first.warnings, ...rest.warnings],
      provided: [...new Set([...first.provided, ...rest.provided])],
      standIns: new Map([...first.standIns, ...rest.standIns]),
    };
  }
}
