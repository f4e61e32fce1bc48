/** A wheel that a package needs, chosen for its target. */
export interface ResolvedWheel {
  /** Normalized as PEP 503 has it: `python-dateutil`. */
  readonly name: string;
  readonly version: string;
  /** As `numpy-2.5.5-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl`. */
  readonly filename: string;
  /** Where it comes from: an address without credentials, or an absolute path. */
  readonly from: { readonly url: string } | { readonly path: string };
  /** Hexadecimal; `null` where neither lock nor index tells one. */
  readonly sha256: string | null;
  /** Of the wheel itself, where somebody tells it before it is fetched. */
  readonly sizeBytes?: number;
}

/** A project of the same repository that is built before it is packed, because a requirement names its folder. */
export interface LocalProject {
  readonly name: string;
  /** Absolute path of the folder, or of a source archive. */
  readonly path: string;
}

/** Everything that a function's dependencies come to, for one target. */
export interface Resolution {
  /** Sorted by name. */
  readonly wheels: readonly ResolvedWheel[];
  /** Sorted by name. */
  readonly projects: readonly LocalProject[];
  /** Tool name → version: what resolved it, as `{ uv: "0.13.9" }`; nothing for a lockfile that was read here. */
  readonly tools: Readonly<Record<string, string>>;
}
