import type { Plugin, Strategy } from "../plugin.ts";
import type { Architecture } from "../vocabulary.ts";
import type { ResolvedTest, ResolvedTraffic } from "./delivery-types.ts";
import type { EsbuildTypes } from "./esbuild-options.ts";

/** `PythonOptions` with every default filled in. */
export interface ResolvedPython {
  /** `null`: to be found; empty: none. */
  readonly requirements: readonly string[] | null;
  readonly groups: readonly string[];
  readonly extras: readonly string[];
  readonly findLinks: readonly string[];
  readonly slim: boolean;
  readonly compiled: boolean;
  readonly strip: boolean;
}

/** A function with every default filled in. Paths are as written, relative to the repository's root. */
export interface ResolvedFunction {
  readonly name: string;
  readonly source: "module" | "folder" | "zip" | "image";
  /** Of an image its URI; else a path without `#export`; of an entry `module:function` the module, dotted as Python has it. */
  readonly entry: string;
  /** Exported name that the module must have. */
  readonly exportName: string;
  readonly handler: string;
  readonly command: string | null;
  readonly inputs: readonly string[] | null;
  readonly runtime: string;
  /** Whether the configuration names the runtime: then it must be the function's own. */
  readonly runtimeDeclared: boolean;
  readonly architecture: Architecture;
  readonly architectureDeclared: boolean;
  readonly minify: boolean;
  readonly sourcemap: boolean | "beside";
  readonly format: "esm" | "cjs";
  readonly target: string | null;
  readonly external: readonly string[];
  readonly include: readonly string[];
  readonly provided: readonly string[];
  /** Names of layers. */
  readonly layers: readonly string[];
  readonly assets: readonly { readonly from: string; readonly to: string | null }[];
  readonly importCheck: { readonly enabled: boolean; readonly env: Readonly<Record<string, string>> };
  readonly licenses: boolean;
  /** Bytes of the zip; `null` for no limit but AWS's. */
  readonly maxSizeBytes: number | null;
  /** As written: whoever builds checks it. */
  readonly esbuild: EsbuildTypes["untyped"];
  readonly python: ResolvedPython;
  readonly tests: readonly ResolvedTest[];
}

export interface ResolvedLayer {
  readonly name: string;
  readonly packages: readonly string[];
  /** `to`: below `/opt`, `""` for its top. */
  readonly folders: readonly { readonly from: string; readonly to: string }[];
  readonly python: ResolvedPython;
  readonly nameTemplate: string;
  readonly runtime: string;
  readonly architecture: Architecture;
}

export interface ResolvedEnvironment {
  readonly name: string;
  readonly account: string | null;
  /** Empty for one account. With several, `account` is `null`, and `inAccounts` gives an environment for each. */
  readonly accounts: readonly string[];
  /** At least one, unless none could be found: then empty, and an error as soon as one is needed. */
  readonly regions: readonly string[];
  readonly profile: string | null;
  readonly role: string | null;
  /** Template. */
  readonly nameTemplate: string;
  readonly alias: string | null;
  readonly strategy: Strategy | null;
  readonly store: string | null;
  readonly concurrency: number | null;
  readonly allowAnyBranch: boolean;
  readonly allowDirty: boolean;
  readonly promoteFrom: string | null;
  readonly tests: readonly ResolvedTest[];
  /** `test: false`: the functions' own tests are left out as well. */
  readonly testsOff: boolean;
  readonly traffic: ResolvedTraffic | null;
  readonly keepVersions: number | null;
  readonly createAlias: boolean;
  readonly kms: { readonly store: string | null; readonly code: string | null };
  readonly allowDowngrade: boolean;
  readonly lease: boolean;
}

export interface ResolvedBranchRule {
  readonly pattern: string;
  readonly environment: string | null;
  readonly matchPackageVersion: boolean;
}

export interface ResolvedConfig {
  /** Absolute path of the file, `null` when the configuration was given as a value. */
  readonly file: string | null;
  /** Absolute path of the repository's root: the folder of the file. */
  readonly root: string;
  readonly functions: readonly ResolvedFunction[];
  readonly layers: readonly ResolvedLayer[];
  readonly environments: readonly ResolvedEnvironment[];
  readonly branches: readonly ResolvedBranchRule[];
  readonly plugins: readonly Plugin[];
  readonly concurrency: number | null;
}
