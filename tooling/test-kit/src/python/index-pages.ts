import { createHash } from "node:crypto";

/** A file that the index has, as `makeWheel` gives it. */
export interface IndexedFile {
  /** Of a wheel or a source archive; it says to which project the file belongs. */
  readonly filename: string;
  readonly bytes: Uint8Array;
  /** What the index claims; default: the true one. `null`: it claims none. */
  readonly sha256?: string | null;
  /** As `>=3.9`. */
  readonly requiresPython?: string;
  /** `true`, or the reason. */
  readonly yanked?: boolean | string;
  /** ISO 8601. */
  readonly uploadTime?: string;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The project of a file, its name normalized (PEP 503). */
export function projectOf(filename: string): string {
  const name = filename.endsWith(".whl") ? filename.split("-")[0] : filename.replace(/-\d.*$/, "");
  return (name ?? "").toLowerCase().replace(/[-_.]+/g, "-");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function claimed(file: IndexedFile): string | null {
  return file.sha256 === undefined ? sha256Of(file.bytes) : file.sha256;
}

function anchor(file: IndexedFile): string {
  const sha256 = claimed(file);
  const fragment = sha256 === null ? "" : `#sha256=${sha256}`;
  const { requiresPython, yanked } = file;
  const requires = requiresPython === undefined ? "" : ` data-requires-python="${escaped(requiresPython)}"`;
  const reason = typeof yanked === "string" ? yanked : "";
  const mark = yanked === undefined || yanked === false ? "" : ` data-yanked="${escaped(reason)}"`;
  const href = `../../files/${encodeURIComponent(file.filename)}${fragment}`;
  return `    <a href="${href}"${requires}${mark}>${escaped(file.filename)}</a><br/>`;
}

/** PEP 503. */
export function htmlPage(name: string, files: readonly IndexedFile[]): string {
  const links = files.map(anchor).join("\n");
  return `<!DOCTYPE html>
<html>
  <head><meta name="pypi:repository-version" content="1.0"><title>Links for ${name}</title></head>
  <body>
    <h1>Links for ${name}</h1>
${links}
  </body>
</html>
`;
}

/** PEP 691, with the upload time and size of PEP 700. */
export function jsonPage(name: string, files: readonly IndexedFile[]): string {
  const entries = files.map((file) => {
    const sha256 = claimed(file);
    return {
      filename: file.filename,
      url: `../../files/${encodeURIComponent(file.filename)}`,
      hashes: sha256 === null ? {} : { sha256 },
      size: file.bytes.length,
      yanked: file.yanked ?? false,
      ...(file.requiresPython === undefined ? {} : { "requires-python": file.requiresPython }),
      ...(file.uploadTime === undefined ? {} : { "upload-time": file.uploadTime }),
    };
  });
  return JSON.stringify({ meta: { "api-version": "1.1" }, name, files: entries });
}
