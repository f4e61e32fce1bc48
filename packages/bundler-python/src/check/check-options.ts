/** A file of the package, as it will stand in the zip. */
export interface PackageFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** Files that several functions of a run may share. */
export interface FileSet {
  /** Identifies the content: two sets with the same id hold the same files. */
  readonly id: string;
  readonly files: readonly PackageFile[];
}

export interface CheckOptions {
  /** Handler string, as `app/orders.handler`. */
  readonly handler: string;
  /** Variables that the function's `importCheck.env` gives. */
  readonly env: Readonly<Record<string, string>>;
  /** Packages, or modules, that the runtime or a layer of someone else's has. */
  readonly provided: readonly string[];
  /** Own sources: their paths in the package → where they are, absolute or relative to the root, for messages. */
  readonly sources: ReadonlyMap<string, string>;
  /** Files of the package besides `files`, unpacked once for all functions of the run that have the same. */
  readonly dependencies?: FileSet;
  /** The function's layers in their order: what each has at `/opt`. */
  readonly layers?: readonly FileSet[];
}
