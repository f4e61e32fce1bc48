import type { SizedFile } from "@sluice/artifact";
import type { Part, PartKind } from "./analysis.ts";
import { byBytes } from "./bundled.ts";
import { installedHome } from "./home.ts";

/** The files of a zip: those of the bundle, and what stands beside it. */
export interface SplitFiles {
  readonly code: readonly SizedFile[];
  readonly beside: readonly SizedFile[];
}

/** Tells the bundle's file from the others, by the handler that it is named for. A package that was not bundled has none. */
export function splitFiles(files: readonly SizedFile[], handler: string, bundled: boolean): SplitFiles {
  // `api/orders.handler`: the path ends at the first dot of the last segment.
  const module = /^(?:.*\/)?[^./]+/.exec(handler)?.[0] ?? handler;
  const names = new Set([".mjs", ".js", ".cjs"].map((extension) => module + extension));
  const isCode = ({ path }: SizedFile): boolean => bundled && names.has(path);
  return { code: files.filter(isCode), beside: files.filter((file) => !isCode(file)) };
}

/** Names of files with licence texts. */
export const LICENSE: RegExp =
  /(?:^|[/.])(?:LEGAL|LICEN[CS]ES?|NOTICES?|THIRD[-_ ]PARTY[\w-]*)(?:\.(?:txt|md))?$/i;

function kindOf(path: string): PartKind {
  if (/\.[cm]?js\.map$/.test(path)) return "map";
  return LICENSE.test(path) ? "license" : "asset";
}

/** Maps and licences each by themselves, packages as a whole, all other files by the folder at the zip's top. */
function homeOfFile(path: string): { kind: PartKind; name: string; folder: string } {
  const installed = installedHome(path);
  if (installed !== null) return { kind: "copied", name: installed.name, folder: installed.folder };
  const kind = kindOf(path);
  const name = kind === "asset" && path.includes("/") ? path.slice(0, path.indexOf("/")) : path;
  return { kind, name, folder: name };
}

/** The parts that stand in the zip as files. */
export function fileGroups(files: SplitFiles, versions: ReadonlyMap<string, string>): Part[] {
  const groups = new Map<string, { home: ReturnType<typeof homeOfFile>; files: SizedFile[] }>();
  for (const file of files.beside) {
    const home = homeOfFile(file.path);
    const key = `${home.kind}\n${home.folder}`;
    const group = groups.get(key) ?? { home, files: [] };
    groups.set(key, group);
    group.files.push(file);
  }
  return [...groups.values()].map(
    ({ home, files: own }): Part => ({
      kind: home.kind,
      name: home.name,
      version: versions.get(home.folder) ?? null,
      folder: home.folder,
      bytes: own.reduce((sum, { size }) => sum + size, 0),
      zippedBytes: own.reduce((sum, { zippedBytes }) => sum + zippedBytes, 0),
      modules: own
        .map(({ path, size }) => ({
          path: path === home.folder ? path : path.slice(home.folder.length + 1),
          bytes: size,
        }))
        .sort(byBytes),
    }),
  );
}
