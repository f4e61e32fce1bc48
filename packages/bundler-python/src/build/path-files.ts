import type { MergedFile } from "../wheels/merge.ts";

/** Lines of a `.pth` file that name folders; the others are comments, or code that installers have run at each start. */
function foldersIn(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes).toString("utf8").split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "" && !/^(?:#|import[ \t])/.test(line));
}

/**
 * Python reads `.pth` files where packages are installed (docs, "site"), and AWS Lambda's folders are none of these: what packages add to
 * the search path by them is missing there. Those that only declare namespaces, or hook into the start, name no folders.
 *
 * @returns sentences for people
 */
export function pathFileNotices(files: readonly MergedFile[]): string[] {
  return files.flatMap(({ path, bytes, package: owner }) => {
    const [folder] = path.includes("/") || !path.endsWith(".pth") ? [] : foldersIn(bytes);
    if (folder === undefined) return [];
    return `${owner} adds ${folder.trim()} to Python's search path by ${path}, which AWS Lambda does not read: a handler that needs it has to put it into sys.path.`;
  });
}
