import { posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ResolvedWheel } from "../resolution.ts";
import type { Reader, Table } from "./document.ts";

/** A file that a lock names for a package. */
export interface LockedFile {
  readonly filename: string;
  readonly from: ResolvedWheel["from"];
  /** Hexadecimal; `null` where the lock has none. */
  readonly sha256: string | null;
  /** The lock has sums, and SHA-256 is not among them. */
  readonly isOtherwiseHashed: boolean;
  /** `null` where the lock does not tell it. */
  readonly sizeBytes: number | null;
}

/** Last part of an address or path, as a file is called. */
function nameOf(location: string): string {
  const name = posix.basename(location.replace(/[?#].*$/s, ""));
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Without user, password and fragment: who may read it is told by the environment, not by a lock. */
function withoutCredentials(url: URL): string {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  bare.hash = "";
  return bare.href;
}

function locate(file: Table, folder: string, reader: Reader): ResolvedWheel["from"] {
  const [url, path] = [reader.text(file, "url"), reader.text(file, "path")];
  if (url === null) {
    if (path === null) throw reader.fail("a file has neither `url` nor `path`");
    return { path: resolve(folder, path) };
  }
  if (!URL.canParse(url)) throw reader.fail(`${JSON.stringify(nameOf(url))} has no valid \`url\``);
  const parsed = new URL(url);
  if (parsed.protocol === "file:") return { path: fileURLToPath(parsed) };
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:")
    throw reader.fail(`${JSON.stringify(nameOf(url))} is at neither http nor https`);
  return { url: withoutCredentials(parsed) };
}

/**
 * An entry of `wheels`, or the table of `sdist` or `archive`.
 *
 * @param folder - absolute path that `path` starts from
 */
export function readFile(file: Table, folder: string, reader: Reader): LockedFile {
  const from = locate(file, folder, reader);
  const hashes = reader.table(file, "hashes") ?? {};
  const sha256 = reader.text(hashes, "sha256");
  if (sha256 !== null && !/^[\da-f]{64}$/i.test(sha256))
    throw reader.fail("`sha256` is not 64 hexadecimal digits");
  return {
    filename: reader.text(file, "name") ?? nameOf("url" in from ? from.url : from.path),
    from,
    sha256: sha256?.toLowerCase() ?? null,
    sizeBytes: typeof file["size"] === "number" ? file["size"] : null,
    isOtherwiseHashed: sha256 === null && Object.keys(hashes).length > 0,
  };
}
