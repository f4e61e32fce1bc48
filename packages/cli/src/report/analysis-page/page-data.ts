/** What the page is made from: short keys and one table of names, since 200 functions share most of their modules. */
export interface PageData {
  readonly names: readonly string[];
  readonly functions: readonly PageFunction[];
}

export interface PageFunction {
  readonly name: string;
  /** Bytes of the zip. */
  readonly zip: number;
  /** Bytes; `null` without a budget. */
  readonly budget: number | null;
  readonly parts: readonly PagePart[];
}

export interface PagePart {
  readonly kind: "own" | "bundled" | "bundler" | "copied" | "wheel" | "library" | "map" | "asset" | "license";
  readonly label: string;
  /** Bytes unzipped. */
  readonly bytes: number;
  readonly zip: number;
  /** Index of a module's name, then its bytes, in turn. What is left to `bytes` are modules too small to be told apart. */
  readonly modules: readonly number[];
  /** How many those are. */
  readonly small: number;
}
