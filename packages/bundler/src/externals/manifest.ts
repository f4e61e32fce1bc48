/** What is read of a package.json. All of it was written by strangers: nothing is taken for granted. */
export interface PackageManifest {
  readonly name: string | null;
  readonly version: string | null;
  readonly license: string | null;
  readonly type: string | null;
  readonly main: string | null;
  readonly exports: unknown;
  /** Globs of what belongs to the package; `null` for everything. */
  readonly files: readonly string[] | null;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  /** Names of peers that may be missing. */
  readonly optionalPeers: ReadonlySet<string>;
  readonly os: readonly string[] | null;
  readonly cpu: readonly string[] | null;
  readonly libc: readonly string[] | null;
  /** The whole document. */
  readonly raw: Readonly<Record<string, unknown>>;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** A list of texts; a single one counts as a list, as npm takes it. */
function listOf(value: unknown): string[] | null {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : null;
}

function rangesOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function licenseOf(raw: Readonly<Record<string, unknown>>): string | null {
  const one = (value: unknown): string | null => textOf(isRecord(value) ? value.type : value);
  if (!Array.isArray(raw.licenses)) return one(raw.license);
  const found = raw.licenses.map(one).filter((license) => license !== null);
  return one(raw.license) ?? (found.length > 1 ? `(${found.join(" OR ")})` : (found[0] ?? null));
}

/** Reads a package.json; `null` when it is none. */
export function parseManifest(text: string): PackageManifest | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return null;
  }
  if (!isRecord(raw)) return null;
  const peersMeta = isRecord(raw.peerDependenciesMeta) ? raw.peerDependenciesMeta : {};
  const optionalDependencies = rangesOf(raw.optionalDependencies);
  // npm writes optional dependencies into both when it publishes; optional wins (npm, "package.json").
  const dependencies = Object.entries(rangesOf(raw.dependencies)).filter(
    ([name]) => !Object.hasOwn(optionalDependencies, name),
  );
  return {
    name: textOf(raw.name),
    version: textOf(raw.version),
    license: licenseOf(raw),
    type: textOf(raw.type),
    main: textOf(raw.main),
    exports: raw.exports,
    files: listOf(raw.files),
    dependencies: Object.fromEntries(dependencies),
    optionalDependencies,
    devDependencies: rangesOf(raw.devDependencies),
    peerDependencies: rangesOf(raw.peerDependencies),
    optionalPeers: new Set(
      Object.entries(peersMeta).flatMap(([name, meta]) =>
        isRecord(meta) && meta.optional === true ? [name] : [],
      ),
    ),
    os: listOf(raw.os),
    cpu: listOf(raw.cpu),
    libc: listOf(raw.libc),
    raw,
  };
}
