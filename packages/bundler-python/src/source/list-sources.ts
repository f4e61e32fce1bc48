import { relative, sep } from "node:path";
import { type ListedFile, type ListingScope, listedFile } from "@sluice/artifact";
import type { PythonRun } from "../run.ts";
import { listData } from "./data-files.ts";
import type { PythonEntry } from "./entry.ts";
import { checkHandlerPlace, type HandlerLayout, layOutHandler } from "./handler.ts";
import { createFinder, type OwnModule } from "./own-modules.ts";
import { type ForeignImport, type Reach, reachFrom } from "./reach.ts";
import { createSourceTree } from "./source-tree.ts";

/** A place in a source: `file` relative to the root with forward slashes, `line` counted from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** What a function has of the repository itself. */
export interface OwnSources {
  /** Sorted by `to`. */
  readonly files: readonly ListedFile[];
  /** Modules that Sluice writes, so that the handler string resolves. */
  readonly generated: readonly { readonly path: string; readonly text: string }[];
  readonly handler: HandlerLayout;
  readonly notices: readonly string[];
  /** Imports by computed names, because of which more modules are packed than imports name. */
  readonly dynamic: readonly (SourcePlace & { readonly call: string })[];
  /** Imports that no own module answers. */
  readonly foreign: readonly ForeignImport[];
  /** First parts of own modules' names, sorted. */
  readonly topLevel: readonly string[];
  /** Own packages that find modules in ways of their own. */
  readonly extended: readonly string[];
  /** Secrets and caches that were left out, relative to the root; folders end in a slash. */
  readonly leftOut: readonly string[];
  /** Absolute paths on which all of this depends, beyond `files`. */
  readonly decided: {
    /** Files that were read. */
    readonly read: readonly string[];
    /** What does not exist, and would change the answer if it did. */
    readonly missing: readonly string[];
    /** Folders in which every name counts. */
    readonly folders: readonly string[];
  };
}

function shown(run: PythonRun, path: string): string {
  return relative(run.root, path).replaceAll(sep, "/");
}

function placeOf({ root, file }: OwnModule): string {
  return relative(root, file).replaceAll(sep, "/");
}

function dynamicNotices(run: PythonRun, { computed }: Reach): string[] {
  const [first, ...others] = computed;
  if (first === undefined) return [];
  // Once every module is packed, computed names in those say nothing new.
  const deciding = computed.find(({ within }) => within === null) ?? first;
  const what =
    deciding.within === null ? "every module of the source root" : `every module of ${deciding.within}`;
  const more =
    others.length === 0
      ? ""
      : ` So ${others.length === 1 ? "does 1 more place" : `do ${others.length} more places`}.`;
  return [
    `${run.fn.name}: ${shown(run, deciding.file)}:${deciding.line} imports by a name that is computed (${deciding.call}): ${what} is packed.${more}`,
  ];
}

/** Modules before data, best root first: two files cannot have one place. */
function filesOf(scope: ListingScope, reach: Reach, data: readonly ListedFile[]): ListedFile[] {
  const files = new Map<string, ListedFile>();
  for (const { module } of reach.modules) {
    const to = placeOf(module);
    if (!files.has(to)) files.set(to, listedFile(scope, module.file, to));
  }
  for (const file of data) if (!files.has(file.to)) files.set(file.to, file);
  return [...files.values()].sort((a, b) => (a.to < b.to ? -1 : 1));
}

/**
 * Lists what the handler reaches among the repository's own files, and what else the package needs for the handler string to resolve.
 *
 * @param given - first parts of names that packages give, and that are not looked for beyond the source root
 *
 * @throws `SLUICE_PYTHON_HANDLER_INVALID`, `SLUICE_PYTHON_HANDLER_NOT_DEFINED`, `SLUICE_PYTHON_HANDLER_SHADOWED`,
 * `SLUICE_SYMLINK_OUTSIDE`, `SLUICE_FILE_UNREADABLE`
 */
export function listSources(
  run: PythonRun,
  entry: PythonEntry,
  given: ReadonlySet<string> = new Set(),
): OwnSources {
  const tree = createSourceTree();
  const listing = { functionName: run.fn.name, root: run.root, repository: run.repository };
  const { projects } = entry.layout;
  const find = createFinder({ tree, target: run.target, roots: entry.roots, projects, given });
  const first = entryModule(entry);
  const reach = reachFrom(first, { find, tree, listing });
  const scan = reach.modules[0]?.scan;
  if (scan === undefined || scan === null) throw new Error(`${entry.label} was not scanned`);
  const handler = layOutHandler(run.fn, entry, scan, placeOf(first));
  const data = listData(reach, { listing, tree, projects });
  const files = filesOf(listing, reach, data.files);
  const others = files.map((file) => file.to).filter((to) => handler.text !== null || to !== handler.place);
  checkHandlerPlace(run.fn, handler, others, run.target);
  return {
    files,
    generated: handler.text === null ? [] : [{ path: handler.place, text: handler.text }],
    handler,
    notices: dynamicNotices(run, reach),
    dynamic: reach.computed.map(({ call, file, line }) => ({ call, file: shown(run, file), line })),
    foreign: reach.foreign,
    topLevel: [...new Set(reach.modules.map(({ module }) => module.name.split(".")[0] ?? ""))].sort(),
    extended: reach.modules.filter(({ scan: own }) => own?.extendsImport).map(({ module }) => module.name),
    leftOut: data.leftOut,
    decided: {
      read: [...new Set([...entry.layout.read, ...reach.modules.map(({ module }) => module.file)])],
      missing: [...new Set([...entry.missing, ...entry.layout.missing, ...tree.missing])].sort(),
      folders: [...tree.listed].sort(),
    },
  };
}

function entryModule({ file, module, sourceRoot }: PythonEntry): OwnModule {
  const isPackage = /[\\/]__init__\.py$/.test(file);
  const folder = file.slice(0, Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")));
  return { name: module, file, root: sourceRoot, folder, isPackage };
}
