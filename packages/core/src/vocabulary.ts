/** Content address of a deployment package: SHA-256 of the zip in hexadecimal. AWS's base64 form is a `codeSha256`. */
export type Digest = `sha256:${string}`;

export type Architecture = "x86_64" | "arm64";

/** What became of a target. `absent` is given by ResourceNotFoundException alone. */
export type Outcome = "updated" | "unchanged" | "absent" | "conflict" | "failed" | "skipped";

/** The state of the repository that a run works from, read once. */
export interface GitRef {
  /** Short branch name without `refs/heads/` or a remote; `null` for a tag, or a detached HEAD that no CI names. */
  readonly branch: string | null;
  /** Tag name when the run is for a tag. */
  readonly tag: string | null;
  /** 40 hexadecimal digits, or `null` in a repository without commits or outside of one. */
  readonly commit: string | null;
  /** Whether tracked files differ from the commit or untracked ones exist; `null` when there is no repository. */
  readonly dirty: boolean | null;
  /** Set when CI builds a pull or merge request; such a run deploys nowhere. */
  readonly pullRequest: { readonly id: string; readonly target: string | null } | null;
  /** Who said so: `option`, `git`, or `ci:<service>`, as in `ci:gitlab`. */
  readonly source: string;
}

/** Which environment a ref maps to, and by which rule. */
export interface EnvironmentChoice {
  /** `null`: this ref maps nowhere. */
  readonly environment: string | null;
  /** The pattern that decided, as the configuration spells it, or `null` when none matched. */
  readonly rule: string | null;
  /** A sentence for people. */
  readonly reason: string;
}

/** A file inside a deployment package. */
export interface FileEntry {
  /** Relative, with forward slashes. */
  readonly path: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** Hexadecimal SHA-256 of the uncompressed bytes. */
  readonly sha256: string;
  /** Unix permission bits: 0o644 or 0o755. */
  readonly mode: number;
}

/** An installed package in a deployment package, by the name and version under which it was published. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
}

/** What stands beside a zip in `NAME.manifest.json`. */
export interface Manifest {
  readonly schema: 1;
  readonly function: string;
  readonly digest: Digest;
  /** Base64 SHA-256, as GetFunction's `Configuration.CodeSha256` gives it. */
  readonly codeSha256: string;
  /** Bytes of the zip. */
  readonly sizeBytes: number;
  /** Bytes of all files, uncompressed. AWS allows 262,144,000. */
  readonly unzippedBytes: number;
  /** Lambda runtime identifier that the package was built for, as `nodejs22.x`. */
  readonly runtime: string;
  readonly architecture: Architecture;
  /** Handler string that the package answers to, as `index.handler`. */
  readonly handler: string;
  /** Every runtime that can run this package; the one above is among them. */
  readonly compatibleRuntimes: readonly string[];
  readonly compatibleArchitectures: readonly Architecture[];
  readonly files: readonly FileEntry[];
  /** Installed packages that are in it, bundled or copied; missing where nobody looked. */
  readonly packages?: readonly PackedPackage[];
  /** Digest over everything that the build read: sources, options, tool versions. */
  readonly sources: Digest;
  /** Tool name → version. */
  readonly tools: Readonly<Record<string, string>>;
  /** npm semver of the function repository at build time. */
  readonly packageVersion: string | null;
  readonly commit: string | null;
  readonly dirty: boolean | null;
}

/** A deployment package on this machine. */
export interface Artifact {
  readonly function: string;
  /** Absolute path of the zip. */
  readonly path: string;
  readonly manifest: Manifest;
  /** Whether it was taken from the cache without building. */
  readonly cached: boolean;
  /** The layers that the function was built against, in the order of its configuration. None is the same as an empty list. */
  readonly layers?: readonly LayerArtifact[];
  /** URI by digest of a container image; then there is no zip, and `path` is empty. */
  readonly image?: string;
  /**
   * Where its bytes are, when it was taken from a store and not built: `path` is then where they would be fetched to. `bucket` is
   * `null` for a folder.
   */
  readonly stored?: { readonly uri: string; readonly bucket: string | null; readonly key: string | null };
}

/**
 * A layer's package on this machine. Its files are those of an artifact named `layer-NAME`; `handler` in its manifest says nothing,
 * since a layer has none.
 */
export interface LayerArtifact extends Artifact {
  /** Name in the configuration. */
  readonly layer: string;
}

/** Evidence about an artifact: a file beside the zip. */
export interface Evidence {
  /** `sbom`, `provenance`, `vulnerabilities`, … */
  readonly kind: string;
  /** Absolute path. */
  readonly path: string;
  readonly digest: Digest;
}

/** One function in one account and region. */
export interface Target {
  /** Name in the configuration. */
  readonly function: string;
  /** Name in AWS. */
  readonly target: string;
  readonly region: string;
  /** Twelve digits, once known: from the configuration, STS or the function's ARN. */
  readonly account: string | null;
  /** Alias to move, when the environment names one. */
  readonly alias: string | null;
}

/** What `apply` would do to a target. */
export type Action = "update" | "move-alias" | "none" | "absent" | "refuse" | "fail" | "skip";

/** A decision about a target, made by `plan` from reads alone. */
export interface Change<State = unknown> {
  readonly target: Target;
  readonly action: Action;
  /** Why, for people: `code changed`, `alias live stands on 6`. */
  readonly reason: string;
  readonly artifact: Artifact | null;
  /** Strategy that made this change and will apply it. */
  readonly strategy: string;
  /** Function version that is live before the change: the alias's, else the newest known; `null` when unknown. */
  readonly previousVersion: string | null;
  /** `codeSha256` that is live before the change. */
  readonly currentCodeSha256: string | null;
  /** For `refuse` and `fail`. */
  readonly error: import("./problem.ts").Problem | null;
  /** API calls that planning took, by operation. */
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly durationMs: number;
  /** What the strategy wants to remember from `plan` to `apply`, such as a RevisionId. */
  readonly state: State;
}

/** A file that two deployment packages do not have alike: its bytes in each, `null` where it is not there. */
export interface FileDifference {
  readonly path: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** An installed package of which two deployment packages have other versions: `null` where it is not there. */
export interface PackageDifference {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** How a deployment package differs from the one that is live. */
export interface Difference {
  /** Digest of what is live. */
  readonly from: Digest;
  /** Sorted by path. */
  readonly files: readonly FileDifference[];
  /** Sorted by name; `null` when it is not known which ones either has. */
  readonly packages: readonly PackageDifference[] | null;
  /** Bytes of the zips. */
  readonly zipBytes: { readonly before: number; readonly after: number };
}

/** One row of the report: `targets[]` of `deploy --json`. */
export interface TargetReport {
  /** Name in the configuration; `layer:NAME` for a layer, whose versions are layer versions. */
  readonly function: string;
  readonly target: string;
  readonly account: string | null;
  readonly region: string;
  readonly outcome: Outcome;
  readonly digest: Digest | null;
  readonly codeSha256: string | null;
  readonly sizeBytes: number | null;
  /** Function version that is live after the run. */
  readonly version: string | null;
  readonly previousVersion: string | null;
  readonly alias: string | null;
  readonly reason: string;
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly durationMs: number;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
  /** What the new code changes of what is live; only in plans, where it can be told. */
  readonly difference?: Difference;
  /** ARN of the layer version that has the digest now; only in rows of layers. */
  readonly arn?: string;
  /** Function version that was published and did not pass its test, or its rollout: the alias is not on it. */
  readonly rejectedVersion?: string;
  /** Function versions that were deleted since nothing needs them. */
  readonly prunedVersions?: readonly string[];
}

/** The document that `plan --json` and `deploy --json` print. */
export interface Report {
  readonly schema: 1;
  readonly command: string;
  readonly environment: string | null;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly dirty: boolean | null;
  readonly dryRun: boolean;
  readonly targets: readonly TargetReport[];
  readonly summary: Readonly<Record<Outcome, number>>;
}

/** What git knows about commits. Every answer may be `null`: not known, as in a shallow clone or without git. */
export interface GitHistory {
  /** Whether `newer` has `older` in its history; a commit has itself. */
  isAncestor(older: string, newer: string): Promise<boolean | null>;
  /** Parents in order: of a merge commit first what was merged into, then what was merged. */
  parents(commit: string): Promise<readonly string[] | null>;
  /** Object name of the commit's tree: two commits with the same tree have the same files. */
  tree(commit: string): Promise<string | null>;
  /** When the commit was made, by the clock of whoever made it: ISO 8601, UTC, to the second. */
  committedAt(commit: string): Promise<string | null>;
}

/** Who deploys, for records. */
export interface Actor {
  /** ARN that STS names; `null` when it was not asked. */
  readonly identity: string | null;
  /** User of this machine or of CI. */
  readonly user: string | null;
  /** URL of the CI job. */
  readonly job: string | null;
}
