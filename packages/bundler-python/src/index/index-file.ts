/** A file of a project, as an index or a folder lists it. */
export interface IndexFile {
  readonly filename: string;
  /** As the filename has it. */
  readonly version: string;
  readonly kind: "wheel" | "source";
  /** Without credentials; of a folder a `file:` URL. */
  readonly url: string;
  /** Hexadecimal; `null` where the index tells none. */
  readonly sha256: string | null;
  /** As `>=3.9`; `null`: any. */
  readonly requiresPython: string | null;
  /** `true`, or the reason why it was withdrawn. */
  readonly yanked: boolean | string;
  /** ISO 8601. */
  readonly uploadTime: string | null;
  readonly sizeBytes: number | null;
}

/** PEP 503, "Normalized Names". */
export function normalizedName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

const SOURCE = /\.(tar\.(gz|bz2|xz|Z)|tgz|zip)$/;

/** Where the version begins in a source archive's name, whose project may hold hyphens (before PEP 625). */
function sourceVersion(stem: string, project: string): string | null {
  for (let at = stem.indexOf("-"); at !== -1; at = stem.indexOf("-", at + 1))
    if (normalizedName(stem.slice(0, at)) === project) return stem.slice(at + 1);
  return null;
}

/**
 * What a filename says of a file of `project` (normalized): binary distribution format and PEP 625. `null`: it is another
 * project's, or of a kind that nobody installs any more.
 */
export function readFilename(filename: string, project: string): Pick<IndexFile, "version" | "kind"> | null {
  if (filename.endsWith(".whl")) {
    const [name = "", version] = filename.slice(0, -".whl".length).split("-");
    if (version === undefined || normalizedName(name) !== project) return null;
    return { version, kind: "wheel" };
  }
  if (!SOURCE.test(filename)) return null;
  const version = sourceVersion(filename.replace(SOURCE, ""), project);
  return version === null ? null : { version, kind: "source" };
}
