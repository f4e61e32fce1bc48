import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { packageFolderOf } from "../externals/installation.ts";
import { isInstalled } from "./portable.ts";

const READS = /\b(?:readFileSync|readFile|createReadStream|readdirSync|readdir|opendir|sendFile)\b/;
const BESIDE =
  /\b(?:join|resolve)\(\s*(?:__dirname|import\.meta\.dirname)\s*,|\b__dirname\s*\+|\$\{__dirname\}|\bnew URL\([^)]*import\.meta\.url/;

/** Examples stand in comments. Lines stay where they are. */
function withoutComments(text: string): string {
  const blank = (comment: string): string => comment.replace(/[^\n]/g, " ");
  return text.replace(/\/\*\*[\s*][\s\S]*?\*\//g, blank).replace(/^\s*\/\/.*$/gm, blank);
}

/** Line at which a file reads what stands beside it, counted from 1; `null` when it does not. */
function lineOfReading(file: string): number | null {
  try {
    const raw = readFileSync(file, "utf8");
    if (!BESIDE.test(raw)) return null;
    const text = withoutComments(raw);
    const at = text.search(BESIDE);
    return at >= 0 && READS.test(text) ? text.slice(0, at).split("\n").length : null;
  } catch {
    return null;
  }
}

const MENTIONS = ["__dirname", "import.meta.dirname", "import.meta.url"];

/** Whether the code asks where it stands at all; the line by which Sluice adds `require` does, once. */
function asksForItsPlace(code: Uint8Array): boolean {
  const bytes = Buffer.from(code.buffer, code.byteOffset, code.byteLength);
  const from = bytes.includes("__sluiceCreateRequire(import.meta.url)") ? bytes.indexOf("\n") : 0;
  return MENTIONS.some((mention) => bytes.indexOf(mention, from) >= 0) || bytes.includes("__sluiceUrl");
}

/**
 * Installed packages whose bundled code reads files that stand beside it, which a bundle leaves behind: one notice for each.
 *
 * @param packed - inputs of which code is in the bundle, relative to `root`
 * @param known - file → what was found in it for another function
 */
export function selfReadingNotices(
  root: string,
  packed: readonly string[],
  code: Uint8Array,
  known: Map<string, number | null>,
): string[] {
  if (!asksForItsPlace(code)) return [];
  const notices = new Map<string, string>();
  for (const input of packed.filter(isInstalled)) {
    const file = resolve(root, input);
    const name = /node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)$/.exec(packageFolderOf(file) ?? "")?.[1];
    if (name === undefined || notices.has(name)) continue;
    const line = known.has(file) ? (known.get(file) ?? null) : lineOfReading(file);
    known.set(file, line);
    if (line === null) continue;
    const shown = name.replaceAll("\\", "/");
    notices.set(
      name,
      `${shown} reads files that stand beside its code (${input}:${line}) and are not in the bundle. If it needs them: external: ["${shown}"].`,
    );
  }
  return [...notices.values()];
}
