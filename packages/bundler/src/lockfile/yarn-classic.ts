import { lockfileInvalid } from "./errors.ts";
import type { LockedPackage, LockfileContent } from "./locked-package.ts";
import { withOptional } from "./optional.ts";
import { splitAt } from "./value.ts";

/** An entry as it is written: its descriptors, its own values, and those of its blocks. */
interface Entry {
  readonly descriptors: readonly string[];
  readonly values: Record<string, string>;
  readonly blocks: Record<string, Record<string, string>>;
}

/** A text with or without quotes, as the file has it. */
const WORD = String.raw`"(?:[^"\\]|\\.)*"|[^\s",:]+(?::+[^\s",:]+)*`;
const DESCRIPTORS = new RegExp(`^(?:${WORD})(?:, (?:${WORD}))*:$`);
const PAIR = new RegExp(String.raw`^(${WORD}) (${WORD}|\S+)$`);

function unquoted(word: string): string {
  return word.startsWith('"') ? (JSON.parse(word) as string) : word;
}

function wordsOf(line: string): string[] {
  return (line.slice(0, -1).match(new RegExp(WORD, "g")) ?? []).map(unquoted);
}

/**
 * The entries of a yarn.lock, version 1: descriptors at the margin, values two columns in, the values of a block four. Its only
 * reader besides yarn's own, which takes most of yarn 1 with it, is this one.
 */
function entriesOf(path: string, text: string): Entry[] {
  const entries: Entry[] = [];
  let block: Record<string, string> | null = null;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trimEnd();
    if (line === "" || /^\s*#/.test(line)) continue;
    const content = line.trimStart();
    const depth = line.length - content.length;
    const entry = entries.at(-1);
    const pair = PAIR.exec(content);
    const [, key = "", value = ""] = pair ?? [];
    if (depth === 0 && DESCRIPTORS.test(line)) {
      entries.push({ descriptors: wordsOf(line), values: {}, blocks: {} });
    } else if (depth === 2 && entry !== undefined && /^\w+:$/.test(content)) {
      block = {};
      entry.blocks[content.slice(0, -1)] = block;
    } else if (depth === 2 && entry !== undefined && pair !== null) {
      entry.values[unquoted(key)] = unquoted(value);
    } else if (depth === 4 && block !== null && pair !== null) {
      block[unquoted(key)] = unquoted(value);
    } else throw lockfileInvalid(path, index + 1, "this line is not as yarn writes it");
    if (depth === 0) block = null;
  }
  return entries;
}

/** yarn before 1.10 kept a hexadecimal SHA-1 behind the URL alone. */
function integrityOf(integrity: string | undefined, resolved: string): string | null {
  const sha1 = /#([0-9a-f]{40})$/.exec(resolved)?.[1];
  if (integrity !== undefined) return integrity;
  return sha1 === undefined ? null : `sha1-${Buffer.from(sha1, "hex").toString("base64")}`;
}

function lockedPackage({ descriptors, values, blocks }: Entry): LockedPackage {
  const [alias, range] = splitAt(descriptors[0] ?? "");
  const name = range.startsWith("npm:") ? splitAt(range.slice(4))[0] : alias;
  const folders = descriptors.map((descriptor) => splitAt(descriptor)[0]);
  const resolved = values["resolved"] ?? "";
  return {
    name,
    version: values["version"] ?? "",
    key: descriptors.join(", "),
    aliases: [...new Set(folders)].filter((folder) => folder !== name),
    integrity: integrityOf(values["integrity"], resolved),
    pin: null,
    tarball: /^https?:/.test(resolved) ? resolved.replace(/#.*$/, "") : null,
    os: null,
    cpu: null,
    libc: null,
    optional: false,
    dependencies: blocks["dependencies"] ?? {},
    optionalDependencies: blocks["optionalDependencies"] ?? {},
    patched: false,
  };
}

/** Reads the `yarn.lock` of yarn 1. */
export function readYarnClassic(path: string, text: string): LockfileContent {
  const packages = entriesOf(path, text).map(lockedPackage);
  return { formatVersion: "1", packages: withOptional(packages, []), importers: [] };
}
