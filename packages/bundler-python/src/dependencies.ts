/** Where a function's dependencies are written down, and what a resolver is given. */
export interface Dependencies {
  readonly kind: "requirements" | "pyproject" | "uv" | "poetry" | "pipfile" | "pylock";
  /** The file that decided, relative to the root with forward slashes, for messages. */
  readonly label: string;
  /** Absolute path of the folder that relative paths in it start from, and that the resolver runs in. */
  readonly folder: string;
  /** Absolute paths of every file that was read, included ones too: a change in one is a reason to resolve anew. */
  readonly files: readonly string[];
  /** Names of requirements without an exact version; empty for a lockfile. */
  readonly unpinned: readonly string[];
  /**
   * Absolute paths that did not exist when the files were looked for: one that appears would be taken, or read, instead.
   */
  readonly lookedFor: readonly string[];
  /** What people should be told once, as that another file was passed over. */
  readonly notices: readonly string[];
  /** Addresses of package indexes that the files name, best first, with credentials: never to be printed. */
  readonly indexes: readonly string[];
  /** Values that must never be printed: passwords in addresses, and the variables that the files name. */
  readonly secrets: readonly string[];
  /** Names of environment variables whose values the files take in; not of those that give credentials alone. */
  readonly variables: readonly string[];
  readonly request: ResolveRequest;
}

export type ResolveRequest =
  /** A pylock.toml (PEP 751), as text, for any platform. */
  | { readonly type: "pylock"; readonly text: string }
  /** The folder of a uv.lock, which `uv export --frozen` turns into a pylock.toml. */
  | {
      readonly type: "uv";
      readonly extras: readonly string[];
      readonly groups: readonly string[];
      /** Name of the workspace member that the function belongs to; `null`: the project of the folder. */
      readonly member: string | null;
    }
  /** Requirements that a resolver has to resolve. */
  | {
      readonly type: "requirements";
      /** In the format of requirements.txt; what the files hold that `inputs` names, or what a lockfile came to. */
      readonly text: string | null;
      /** Absolute paths of files that are given to the resolver as they are: requirements.txt or pyproject.toml. */
      readonly inputs: readonly string[];
      readonly extras: readonly string[];
      readonly groups: readonly string[];
      /** Every version is fixed, dependencies of dependencies included: nothing is added. */
      readonly complete: boolean;
      /** Normalized name → hexadecimal SHA-256 sums that are allowed; a package that is not in it may have any. */
      readonly hashes: ReadonlyMap<string, readonly string[]>;
      /** Nothing may be packed that has no sum in `hashes`: all requirements have one, or a file demands it. */
      readonly requireHashes: boolean;
      /** Whether `--pre` stands in a file. */
      readonly prereleases: boolean;
      /** Hosts, with or without port, that files trust without a valid certificate: `--trusted-host`. */
      readonly trustedHosts: readonly string[];
    };
