import type { BuildFailure, BuildResult, Message, Plugin } from "esbuild";
import { esbuildUnavailable } from "../errors.ts";
import { ENTRY_NAMESPACE, entryKey, entryPlugin, type NodeEntry } from "./entry.ts";
import { buildOptions, type NodeGroup } from "./options.ts";
import { type BuiltEntry, splitOutputs } from "./output.ts";
import { providedImports, providedPlugin } from "./provided.ts";
import { declaresRequire } from "./require.ts";

/** Why an entry could not be built. */
interface FailedEntry {
  /** esbuild's messages, all of them. */
  readonly messages: readonly Message[];
}

export interface GroupResult {
  /** By entry key. */
  readonly entries: ReadonlyMap<string, BuiltEntry | FailedEntry>;
  readonly warnings: readonly Message[];
  /** Imports left to the runtime because they are not installed. */
  readonly provided: readonly string[];
}

type Built = BuildResult<{ write: false; metafile: true }>;

/** One build, as esbuild gives it, with further plugins before the user's own. */
export async function runEsbuild(
  root: string,
  group: NodeGroup,
  entries: readonly NodeEntry[],
  plugins: readonly Plugin[] = [],
): Promise<Built> {
  const options = buildOptions(root, group);
  return startBuild({
    ...options,
    plugins: [entryPlugin(root, entries), ...plugins, ...(options.plugins ?? [])],
    entryPoints: entries.map((entry, index) => ({
      in: `${ENTRY_NAMESPACE}:${entryKey(entry)}`,
      out: `entry-${index}`,
    })),
  });
}

async function startBuild(options: ReturnType<typeof buildOptions>): Promise<Built> {
  try {
    // Loaded late: a run that finds everything in the cache does without its 10 ms and its process.
    const { build } = await import("esbuild");
    return await build(options);
  } catch (error) {
    throw isBuildFailure(error) ? error : esbuildUnavailable(error);
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return typeof error === "object" && error !== null && "errors" in error && Array.isArray(error.errors);
}

/** The messages of a failed build; anything else that was thrown is thrown on. */
export function failureMessages(error: unknown): readonly Message[] {
  if (isBuildFailure(error)) return error.errors;
  throw error;
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

interface Attempt {
  readonly built: Built;
  readonly provided: readonly string[];
}

/** Builds, and builds again with what the runtime provides left out when that is what was missing. */
async function attempt(
  root: string,
  group: NodeGroup,
  entries: readonly NodeEntry[],
  provided: readonly string[] = [],
): Promise<Attempt> {
  const plugins = provided.length > 0 ? [providedPlugin(provided)] : [];
  try {
    return { built: await runEsbuild(root, group, entries, plugins), provided };
  } catch (error) {
    const more = providedImports(failureMessages(error)).filter((specifier) => !provided.includes(specifier));
    if (more.length === 0) throw error;
    return attempt(root, group, entries, [...provided, ...more]);
  }
}

/**
 * Builds all entries in one build. esbuild links each entry by itself, so an entry's bytes do not depend on which others are
 * built along. When the build fails, each half is tried alone, down to the entries that are at fault: one bad
 * function costs a few failed scans, and the others are built.
 *
 * @param root - real path of the repository's root
 */
export async function buildGroup(
  root: string,
  group: NodeGroup,
  entries: readonly NodeEntry[],
  signal: AbortSignal,
): Promise<GroupResult> {
  signal.throwIfAborted();
  try {
    const { built, provided } = await attempt(root, group, entries);
    const undefinedOnes = undefinedHandlers(built.warnings);
    const addsRequire = group.format === "esm" && !(await declaresRequire(group.esbuild.banner?.js));
    const outcomes = new Map<string, BuiltEntry | FailedEntry>(
      splitOutputs(built, root, [...(group.esbuild.inject ?? [])], addsRequire),
    );
    for (const [key, message] of undefinedOnes) outcomes.set(key, { messages: [message] });
    const entryWarnings = new Set(undefinedOnes.values());
    return {
      entries: outcomes,
      warnings: built.warnings.filter((warning) => !entryWarnings.has(warning)),
      provided,
    };
  } catch (error) {
    const messages = failureMessages(error);
    const [only, second] = entries;
    if (only === undefined || second === undefined) {
      return { entries: new Map(only ? [[entryKey(only), { messages }]] : []), warnings: [], provided: [] };
    }
    const middle = Math.ceil(entries.length / 2);
    const first = await buildGroup(root, group, entries.slice(0, middle), signal);
    const rest = await buildGroup(root, group, entries.slice(middle), signal);
    return {
      entries: new Map([...first.entries, ...rest.entries]),
      warnings: [...first.warnings, ...rest.warnings],
      provided: [...new Set([...first.provided, ...rest.provided])],
    };
  }
}
