import type { BuildFailure, BuildResult, Message, Plugin } from "esbuild";
import { esbuildUnavailable } from "../errors.ts";
import { externalsPlugin, type OutsidePlugin, wronglyBundled } from "../externals/externals-plugin.ts";
import { type Outside, openOutside } from "../externals/outside.ts";
import { provisionOf } from "../externals/provision.ts";
import { bundledPatterns, outsidePatterns, patternsFilter } from "../externals/specifier.ts";
import { buildOptions } from "./build-options.ts";
import { ENTRY_NAMESPACE, entryKey, entryPlugin, type NodeEntry } from "./entry.ts";
import type { NodeGroup } from "./options.ts";
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
  /** Small modules by which copied packages are imported, by their key in the metafile's inputs. */
  readonly standIns: OutsidePlugin["standIns"];
}

type Built = BuildResult<{ write: false; metafile: true }>;

/** One build, as esbuild gives it, with further plugins before the user's own and behind them. */
export async function runEsbuild(
  root: string,
  group: NodeGroup,
  entries: readonly NodeEntry[],
  plugins: readonly Plugin[] = [],
  later: readonly Plugin[] = [],
): Promise<Built> {
  const options = buildOptions(root, group, later);
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
  readonly standIns: OutsidePlugin["standIns"];
}

/** What is left out of a build: what was missing and the runtime has, and names of packages that cannot be bundled. */
interface LeftOut {
  readonly provided: readonly string[];
  /** `null`: every package is looked at. */
  readonly suspects: ReadonlySet<string> | null;
}

function failedInPackage(messages: readonly Message[]): boolean {
  return messages.some(({ location }) => location?.file.includes("node_modules/"));
}

/**
 * Builds, and builds again with what must not be bundled left out: what the runtime provides, when it was missing, and
 * packages with machine code, when they were in the bundle or made it fail.
 */
async function attempt(
  root: string,
  group: NodeGroup,
  entries: readonly NodeEntry[],
  outside: Outside,
  { provided, suspects }: LeftOut,
): Promise<Attempt> {
  const { installation } = outside;
  const given = [...outsidePatterns(group.external), ...(group.esbuild.external ?? []), ...group.provided];
  const patterns = given.filter((pattern) => !/^[./]/.test(pattern));
  const { format } = group;
  const bundled = bundledPatterns(group.external);
  const isBundled = patternsFilter(bundled);
  const rules = { installation, format, provision: provisionOf(group), patterns, bundled, suspects };
  const kept = externalsPlugin(rules);
  const plugins = provided.length > 0 ? [providedPlugin(provided)] : [];
  try {
    const built = await runEsbuild(root, group, entries, plugins, [kept.plugin]);
    for (const name of kept.found) outside.suspects.add(name);
    const wrong = wronglyBundled(installation, root, Object.keys(built.metafile.inputs), outside.known);
    const fresh = [...wrong].filter(
      (name) => suspects !== null && !suspects.has(name) && !isBundled.test(name),
    );
    for (const name of fresh) outside.suspects.add(name);
    if (fresh.length === 0) return { built, provided, standIns: kept.standIns };
    return attempt(root, group, entries, outside, { provided, suspects: new Set(outside.suspects) });
  } catch (error) {
    const messages = failureMessages(error);
    const more = providedImports(messages).filter((specifier) => !provided.includes(specifier));
    if (more.length > 0)
      return attempt(root, group, entries, outside, { provided: [...provided, ...more], suspects });
    // There is no metafile to find out from who was at fault.
    if (suspects === null || !failedInPackage(messages)) throw error;
    return attempt(root, group, entries, outside, { provided, suspects: null });
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
  outside: Outside = openOutside(root, null),
): Promise<GroupResult> {
  signal.throwIfAborted();
  try {
    const leftOut: LeftOut = { provided: [], suspects: new Set(outside.suspects) };
    const { built, provided, standIns } = await attempt(root, group, entries, outside, leftOut);
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
      standIns,
    };
  } catch (error) {
    const messages = failureMessages(error);
    const [only, second] = entries;
    if (only === undefined || second === undefined) {
      const failed = new Map(only ? [[entryKey(only), { messages }]] : []);
      return { entries: failed, warnings: [], provided: [], standIns: new Map() };
    }
    const middle = Math.ceil(entries.length / 2);
    const first = await buildGroup(root, group, entries.slice(0, middle), signal, outside);
    const rest = await buildGroup(root, group, entries.slice(middle), signal, outside);
    return {
      entries: new Map([...first.entries, ...rest.entries]),
      warnings: [...first.warnings, ...rest.warnings],
      provided: [...new Set([...first.provided, ...rest.provided])],
      standIns: new Map([...first.standIns, ...rest.standIns]),
    };
  }
}
