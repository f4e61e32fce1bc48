import type { InventoryPackage, SizedFile } from "@sluice/artifact";
import type { Part } from "../analysis.ts";
import { byBytes } from "../bundled.ts";
import { LICENSE } from "../files.ts";
import type { Owners } from "./owners.ts";

/** How deep folders of own sources are told apart. */
const DEPTH = 2;

type Home = Pick<Part, "kind" | "name" | "version" | "folder">;

/** `numpy.libs`: shared libraries that wheels bring along (auditwheel, "repair"). */
function packageHome(path: string, { name, version }: InventoryPackage): Home {
  const libraries = /^(?:python\/)?([^/]+\.libs)\//.exec(path)?.[1];
  if (libraries !== undefined) return { kind: "library", name: libraries, version: null, folder: "" };
  return { kind: "wheel", name, version, folder: "" };
}

/** Own sources by their folder, with the data beside them; other files by the folder at the zip's top. */
function ownHome(path: string, topsWithCode: ReadonlySet<string>): Home {
  const segments = path.split("/").slice(0, -1);
  const [top] = segments;
  const isCode = top === undefined ? /\.pyc?$/.test(path) : topsWithCode.has(top);
  if (isCode) {
    const folder = segments.slice(0, DEPTH).join("/") || ".";
    return { kind: "own", name: folder, version: null, folder };
  }
  const kind = LICENSE.test(path) ? "license" : "asset";
  const name = top ?? path;
  return { kind, name, version: null, folder: name };
}

/** The parts of a package of a Python function: each wheel, their shared libraries, own sources, and files beside. */
export function pythonParts(files: readonly SizedFile[], owners: Owners): Part[] {
  const own = files.filter(({ path }) => owners.ofFile(path) === null && /\.pyc?$/.test(path));
  const topsWithCode = new Set(own.flatMap(({ path }) => path.split("/").slice(0, -1).slice(0, 1)));
  const groups = new Map<string, { home: Home; files: SizedFile[] }>();
  for (const file of files) {
    const owner = owners.ofFile(file.path);
    const home = owner === null ? ownHome(file.path, topsWithCode) : packageHome(file.path, owner);
    const key = `${home.kind}\n${home.name}`;
    const group = groups.get(key) ?? { home, files: [] };
    groups.set(key, group);
    group.files.push(file);
  }
  return [...groups.values()].map(
    ({ home, files: held }): Part => ({
      ...home,
      bytes: held.reduce((sum, { size }) => sum + size, 0),
      zippedBytes: held.reduce((sum, { zippedBytes }) => sum + zippedBytes, 0),
      modules: held
        .map(({ path, size }) => ({
          path: path.startsWith(`${home.folder}/`) ? path.slice(home.folder.length + 1) : path,
          bytes: size,
        }))
        .sort(byBytes),
    }),
  );
}
