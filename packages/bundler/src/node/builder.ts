import { availableParallelism } from "node:os";
import type { BuildContext, BuildFailure, BuildOptions, BuildResult, Message, Plugin } from "esbuild";
import { esbuildUnavailable } from "../errors.ts";
import { externalsPlugin, type OutsidePlugin, wronglyBundled } from "../externals/externals-plugin.ts";
import type { Outside } from "../externals/outside.ts";
import { provisionOf } from "../externals/provision.ts";
import { bundledPatterns, outsidePatterns, patternsFilter } from "../externals/specifier.ts";
import { buildOptions } from "./build-options.ts";
import { entryPlugin, type NodeEntry, slotOf } from "./entry.ts";
import { missingInPackages, missingPlugin } from "./missing.ts";
import type { NodeGroup } from "./options.ts";
import { providedImports, providedPlugin } from "./provided.ts";

type Context = BuildContext<{ write: false; metafile: true }>;
type Built = BuildResult<{ write: false; metafile: true }>;

/** One build, as esbuild gives it, and what was left out of it. */
export interface Attempt {
  readonly built: Built;
  /** Imports left to the runtime because they are not installed. */
  readonly provided: readonly string[];
  /** What esbuild said of packages that installed packages import and nobody has installed. */
  readonly missing: readonly Message[];
  readonly standIns: OutsidePlugin["standIns"];
}

/**
 * Entries that are built at once. esbuild links all of them at the same time, and each with a copy of all its modules in
 * memory (some 35 MB for the AWS SDK), so that a hundred in one build would need gigabytes; parsing is what they share, and that is kept
 * from batch to batch. Enough to keep every processor busy.
 */
export const BATCH: number = Math.max(4, availableParallelism());

function isBuildFailure(error: unknown): error is BuildFailure {
  return typeof error === "object" && error !== null && "errors" in error && Array.isArray(error.errors);
}

/** The messages of a failed build; anything else that was thrown is thrown on. */
export function failureMessages(error: unknown): readonly Message[] {
  if (isBuildFailure(error)) return error.errors;
  throw error;
}

async function open(options: BuildOptions): Promise<Context> {
  try {
    // Loaded late: a run that finds everything in the cache does without its 10 ms and its process.
    const { context } = await import("esbuild");
    return await context({ ...options, write: false, metafile: true });
  } catch (error) {
    throw isBuildFailure(error) ? error : esbuildUnavailable(error);
  }
}

async function rebuild(context: Context): Promise<Built> {
  try {
    return await context.rebuild();
  } catch (error) {
    throw isBuildFailure(error) ? error : esbuildUnavailable(error);
  }
}

/** Builds one entry once, with further plugins before the user's own. */
export async function buildOnce(
  root: string,
  group: NodeGroup,
  entry: NodeEntry,
  plugins: readonly Plugin[],
): Promise<Built> {
  const options = buildOptions(root, group, []);
  const all = [entryPlugin(root, () => [entry]), ...plugins, ...(options.plugins ?? [])];
  const context = await open({ ...options, plugins: all, entryPoints: [slotOf(0)] });
  try {
    return await rebuild(context);
  } finally {
    await context.dispose();
  }
}

/** What is left out of a build: what was missing, and names of packages that cannot be bundled. */
interface LeftOut {
  /** What the runtime has. */
  readonly provided: readonly string[];
  /** What nobody has, by esbuild's messages: it may be wanted late or never. */
  readonly missing: readonly Message[];
  /** `null`: every package is looked at. */
  readonly suspects: ReadonlySet<string> | null;
}

/** An esbuild that was set up for what is left out. */
interface Prepared {
  readonly leftOut: LeftOut;
  readonly kept: OutsidePlugin;
  readonly context: Context;
}

function failedInPackage(messages: readonly Message[]): boolean {
  return messages.some(({ location }) => location?.file.includes("node_modules/"));
}

/**
 * An esbuild for the entries of one group that keeps what it has parsed from one batch to the next. It builds again with what must
 * not be bundled left out: what the runtime provides, when it was missing, and packages with machine code, when they were in
 * the bundle or made it fail. One batch at a time.
 */
export class Builder {
  readonly #root: string;
  readonly #group: NodeGroup;
  readonly #outside: Outside;
  readonly #slots: { in: string; out: string }[];
  #leftOut: LeftOut;
  #entries: readonly NodeEntry[] = [];
  #prepared: Prepared | null = null;

  /**
   * @param root - real path of the repository's root
   * @param count - how many entries there are: a batch has no more places than that
   */
  constructor(root: string, group: NodeGroup, outside: Outside, count: number) {
    this.#root = root;
    this.#group = group;
    this.#outside = outside;
    this.#slots = Array.from({ length: Math.min(BATCH, count) }, (_, index) => slotOf(index));
    this.#leftOut = { provided: [], missing: [], suspects: new Set(outside.suspects) };
  }

  /** Builds at most {@link BATCH} entries. */
  async build(entries: readonly NodeEntry[]): Promise<Attempt> {
    this.#entries = entries;
    try {
      return await this.#attempt();
    } finally {
      // Looking at every package takes longer than a build: what was found is enough for the next.
      if (this.#leftOut.suspects === null) this.#leaveOut({ suspects: new Set(this.#outside.suspects) });
    }
  }

  #leaveOut(more: Partial<LeftOut>): void {
    this.#leftOut = { ...this.#leftOut, ...more };
  }

  /** Lets the process end. The next batch would start anew. */
  async close(): Promise<void> {
    const last = this.#prepared;
    this.#prepared = null;
    await last?.context.dispose();
  }

  async #prepare(): Promise<Prepared> {
    if (this.#prepared?.leftOut === this.#leftOut) return this.#prepared;
    await this.close();
    const { provided, missing, suspects } = this.#leftOut;
    const kept = this.#externals(suspects);
    const options = buildOptions(this.#root, this.#group, [kept.plugin]);
    const plugins = [
      entryPlugin(this.#root, () => this.#entries),
      ...(provided.length > 0 ? [providedPlugin(provided)] : []),
      ...(missing.length > 0 ? [missingPlugin(missing)] : []),
      ...(options.plugins ?? []),
    ];
    const context = await open({ ...options, plugins, entryPoints: this.#slots });
    this.#prepared = { leftOut: this.#leftOut, kept, context };
    return this.#prepared;
  }

  #externals(suspects: LeftOut["suspects"]): OutsidePlugin {
    const { external, provided, esbuild, format } = this.#group;
    const given = [...outsidePatterns(external), ...(esbuild.external ?? []), ...provided];
    return externalsPlugin({
      installation: this.#outside.installation,
      format,
      provision: provisionOf(this.#group),
      patterns: given.filter((pattern) => !/^[./]/.test(pattern)),
      bundled: bundledPatterns(external),
      suspects,
    });
  }

  async #attempt(): Promise<Attempt> {
    const prepared = await this.#prepare();
    const built = await rebuild(prepared.context).catch((error: unknown) => {
      this.#leaveOutMore(error);
      return null;
    });
    if (built === null || this.#leaveOutWrong(prepared, built)) return this.#attempt();
    const { provided, missing } = this.#leftOut;
    return { built, provided, missing, standIns: prepared.kept.standIns };
  }

  /** Leaves out what may have made a build fail, or throws its error on. */
  #leaveOutMore(error: unknown): void {
    const messages = failureMessages(error);
    const { provided, missing, suspects } = this.#leftOut;
    const more = providedImports(messages).filter((specifier) => !provided.includes(specifier));
    const absent = missingInPackages(messages);
    if (more.length > 0) this.#leaveOut({ provided: [...provided, ...more] });
    // There is no metafile to find out from who was at fault.
    else if (suspects !== null && failedInPackage(messages)) this.#leaveOut({ suspects: null });
    // Not by halves: with any other error, all are shown.
    else if (absent.length > 0 && absent.length === messages.length)
      this.#leaveOut({ missing: [...missing, ...absent] });
    else throw error;
  }

  /** Leaves out what was bundled and must not be; whether there was such a thing. */
  #leaveOutWrong({ kept }: Prepared, built: Built): boolean {
    const { installation, suspects, known } = this.#outside;
    for (const name of kept.found) suspects.add(name);
    const tried = this.#leftOut.suspects;
    const isBundled = patternsFilter(bundledPatterns(this.#group.external));
    const wrong = wronglyBundled(installation, this.#root, Object.keys(built.metafile.inputs), known);
    const fresh = [...wrong].filter((name) => tried?.has(name) === false && !isBundled.test(name));
    if (fresh.length === 0) return false;
    for (const name of fresh) suspects.add(name);
    this.#leaveOut({ suspects: new Set(suspects) });
    return true;
  }
}
