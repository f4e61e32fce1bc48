import { posix } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** A file of a package. */
export interface PackageFile {
  /** Relative to the package, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** More than AWS takes unzipped by far; a tarball that grows beyond it is a bomb. */
const LIMIT_BYTES = 1024 * 1024 * 1024;

/** Why an entry of this name must not be used, `null` when it may be. */
function flawOf(name: string): string | null {
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "is absolute";
  if (name.split(/[\\/]/).includes("..")) return "leads out of the package";
  return /[\\\0]/.test(name) ? "holds a backslash or NUL" : null;
}

/** Whether a link inside the package leads out of it. `hard`: its target counts from the tarball's top. */
function leadsOut(name: string, target: string, hard: boolean): boolean {
  const from = hard ? target : posix.join(posix.dirname(name), target);
  return flawOf(target) === "is absolute" || posix.normalize(from).startsWith("..");
}

/** Without the tarball's first folder, `package/` mostly; `null` for what stands beside it. */
function pathInside(name: string): string | null {
  const [, ...rest] = posix.normalize(name).split("/");
  return rest.length === 0 || rest.join("/") === "" ? null : rest.join("/");
}

/**
 * The files of an npm tarball, sorted by path. Links inside of it are left out, as npm leaves them out.
 *
 * @param refuse - makes the error for a tarball that is broken or leads out of its folder
 */
export async function unpack(
  tarball: Uint8Array,
  refuse: (reason: string, cause?: unknown) => Error,
): Promise<readonly PackageFile[]> {
  const { unpackTar } = await import("modern-tar");
  const entries = await promisify(gunzip)(tarball, { maxOutputLength: LIMIT_BYTES })
    .then((tar) => unpackTar(tar, { strict: true }))
    .catch((error: unknown) => {
      throw refuse(error instanceof Error ? error.message : "it is broken", error);
    });
  const files = new Map<string, PackageFile>();
  for (const { header, data } of entries) {
    const flaw = flawOf(header.name);
    if (flaw !== null) throw refuse(`the name ${JSON.stringify(header.name)} ${flaw}`);
    if (header.type === "symlink" || header.type === "link") {
      if (leadsOut(header.name, header.linkname ?? "", header.type === "link"))
        throw refuse(`the link ${JSON.stringify(header.name)} leads out of the package`);
    }
    const path = header.type === "file" ? pathInside(header.name) : null;
    if (path === null) continue;
    const executable = ((header.mode ?? 0o644) & 0o111) !== 0;
    files.set(path, { path, bytes: data ?? new Uint8Array(0), executable });
  }
  if (files.size === 0) throw refuse("it holds no files");
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
