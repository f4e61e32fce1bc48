import { type IndexFile, readFilename } from "./index-file.ts";

/** What project pages are asked for, the better first (PEP 691). */
export const PAGE_TYPES =
  "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOr<T>(value: unknown, other: T): string | T {
  return typeof value === "string" ? value : other;
}

function hashIn(value: unknown): string | null {
  const sha256 = isTable(value) ? textOr(value["sha256"], null) : null;
  return sha256 !== null && /^[0-9a-f]{64}$/i.test(sha256) ? sha256.toLowerCase() : null;
}

function fromEntry(entry: Table, project: string, base: string): IndexFile | null {
  const filename = textOr(entry["filename"], "");
  const url = textOr(entry["url"], "");
  const known = readFilename(filename, project);
  if (known === null || !URL.canParse(url, base)) return null;
  const { size, yanked } = entry;
  return {
    filename,
    ...known,
    url: withoutUser(new URL(url, base)),
    sha256: hashIn(entry["hashes"]),
    requiresPython: textOr(entry["requires-python"], null),
    yanked: textOr(yanked, yanked === true),
    uploadTime: textOr(entry["upload-time"], null),
    sizeBytes: typeof size === "number" ? size : null,
  };
}

function withoutUser(url: URL): string {
  url.username = "";
  url.password = "";
  url.hash = "";
  return url.href;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** The attributes of a tag; one without a value has an empty one. */
function attributesOf(tag: string): ReadonlyMap<string, string> {
  const found = tag.matchAll(/([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g);
  return new Map(
    [...found].map(([, name = "", double, single, bare]) => [
      name.toLowerCase(),
      unescaped(double ?? single ?? bare ?? ""),
    ]),
  );
}

function fromAnchor(tag: string, text: string, project: string, base: string): IndexFile | null {
  const attributes = attributesOf(tag);
  const href = attributes.get("href");
  if (href === undefined || !URL.canParse(href, base)) return null;
  const url = new URL(href, base);
  const [, hash] = /(?:^#|&)sha256=([0-9a-f]{64})/i.exec(url.hash) ?? [];
  // Named by what it leads to: what stands between the tags is free on a page that is no index.
  const filename = decodeURIComponent(url.pathname.split("/").at(-1) ?? "") || text;
  const known = readFilename(filename, project);
  if (known === null) return null;
  const reason = attributes.get("data-yanked");
  return {
    filename,
    ...known,
    url: withoutUser(url),
    sha256: hash?.toLowerCase() ?? null,
    requiresPython: attributes.get("data-requires-python") ?? null,
    yanked: reason === undefined ? false : reason === "" ? true : reason,
    uploadTime: null,
    sizeBytes: null,
  };
}

/**
 * Reads a page of PEP 503: its links, to what `<base>` or the page's own URL says. Pages of `find-links` are read in the same way.
 */
export function readHtmlPage(html: string, project: string, url: string): readonly IndexFile[] {
  const [, baseTag = ""] = /<base\s([^>]*)>/i.exec(html) ?? [];
  const written = attributesOf(baseTag).get("href");
  const base = written !== undefined && URL.canParse(written, url) ? new URL(written, url).href : url;
  return [...html.matchAll(/<a\s((?:"[^"]*"|'[^']*'|[^>"'])*)>([\s\S]*?)<\/a>/gi)]
    .map(([, tag = "", text = ""]) => fromAnchor(tag, unescaped(text.trim()), project, base))
    .filter((file) => file !== null);
}

/** Reads a page of PEP 691. `null`: it is none. */
export function readJsonPage(text: string, project: string, url: string): readonly IndexFile[] | null {
  try {
    const page: unknown = JSON.parse(text);
    if (!isTable(page) || !Array.isArray(page["files"])) return null;
    return page["files"]
      .filter(isTable)
      .map((entry) => fromEntry(entry, project, url))
      .filter((file) => file !== null);
  } catch {
    return null;
  }
}
