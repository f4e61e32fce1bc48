import type { Plugin, Strategy } from "../plugin.ts";
import type { Architecture } from "../vocabulary.ts";
import type { KmsConfig, TestConfig, TrafficConfig } from "./delivery-types.ts";
import type { EsbuildOptions } from "./esbuild-options.ts";

/** What a Python function has of its own; a Node.js function takes no notice of it. */
export interface PythonOptions {
  /**
   * Where the dependencies are written down: `requirements.txt` or any file in its format, `pyproject.toml`, `uv.lock`,
   * `poetry.lock`, `Pipfile.lock` or `pylock.toml`, relative to the repository's root. Default: the nearest one, from the
   * entry's folder up to the root. `false`: the function has none.
   */
  readonly requirements?: string | readonly string[] | false;
  /** Dependency groups (PEP 735), groups of Poetry, or categories of Pipenv, that are packed too. */
  readonly groups?: readonly string[];
  /** Extras of the project that are packed too. */
  readonly extras?: readonly string[];
  /** Folders with wheels of your own, relative to the root: what the index lacks is taken from there. */
  readonly findLinks?: readonly string[];
  /** Default `true`: without tests, type stubs and what installing leaves. `false` packs all that the wheels hold. */
  readonly slim?: boolean;
  /** Compiled modules (`.pyc`) instead of sources. Needs the runtime's Python on the machine that builds. Default `false`. */
  readonly compiled?: boolean;
  /** Takes debug symbols out of shared libraries. Default `false`. */
  readonly strip?: boolean;
}

/** What `bundle` sets for all functions, and each function for itself. */
export interface BundleOptions {
  /** Lambda runtime identifier. Default `nodejs22.x`. When given, a function of another runtime is refused. */
  readonly runtime?: string;
  /** Default `x86_64`. When given, a function of another architecture is refused. */
  readonly architecture?: Architecture;
  /** Default `true`. */
  readonly minify?: boolean;
  /** Default `true`: a linked map inside the zip. `beside`: the map stands beside the artifact, as `NAME.map`. */
  readonly sourcemap?: boolean | "beside";
  /** Default `esm`. */
  readonly format?: "esm" | "cjs";
  /** esbuild target. Default: the runtime's Node.js major, as `node22`. */
  readonly target?: string;
  /**
   * Packages, as `sharp` or `@acme/*`, that are not bundled but copied into the zip with everything they depend on. Native
   * packages are found without being named; `!name` has one bundled all the same.
   */
  readonly external?: readonly string[];
  /** Packages that are copied into the zip though no import names them, as those that are loaded by a computed name. */
  readonly include?: readonly string[];
  /** Packages that the runtime or a layer of someone else's provides: neither bundled nor copied. */
  readonly provided?: readonly string[];
  /** Names of {@link Config.layers}: what they hold is left out of the bundle. */
  readonly layers?: readonly string[];
  /** Files copied beside the code: globs from the repository's root, or `{ from, to }`. */
  readonly assets?: readonly (string | { readonly from: string; readonly to: string })[];
  /**
   * Whether each handler is loaded from the finished zip, without network and credentials. Default `true`; an object gives
   * environment variables that the module reads when it is loaded.
   */
  readonly importCheck?: boolean | { readonly env: Readonly<Record<string, string>> };
  /** Puts licence texts of everything bundled or copied into the zip. Default `false`. */
  readonly licenses?: boolean;
  /** What the zip may take at most, as `5 MB` (1,000,000 bytes each) or in bytes. A bigger one is refused. */
  readonly maxSize?: string | number;
  readonly esbuild?: EsbuildOptions;
  readonly python?: PythonOptions;
}

/** Packages and folders that several functions share, published as a layer version. */
export interface LayerConfig {
  /** Installed packages, as `sharp` or `@acme/*`, with everything they depend on; they go to `nodejs/node_modules`. */
  readonly packages?: readonly string[];
  /** Folders from the repository's root, each packed at the layer's top (`/opt`), or at `to` below it. */
  readonly folders?: readonly (string | { readonly from: string; readonly to: string })[];
  /** Dependencies of Python functions; they go to `python`. `requirements` names where they are written down. */
  readonly python?: PythonOptions;
  /** Template of the layer's name in AWS with `{layer}`, `{environment}`, `{branch}`. Default `{layer}`. */
  readonly name?: string;
  /** Default: what the functions that use it have. */
  readonly runtime?: string;
  readonly architecture?: Architecture;
}

export interface FunctionConfig extends BundleOptions {
  /**
   * `path` or `path#export` of a Node.js or Python module, or `module:function` as Python has it; or a folder, or a `.zip`,
   * that is the deployment package as it is.
   * With `command`, the folder or file that the command makes. Every function has one, except those with an `image`.
   */
  readonly entry?: string;
  /**
   * A container image by digest, as `111111111111.dkr.ecr.eu-west-1.amazonaws.com/orders@sha256:…`, for a function of package type
   * Image. Nothing is built: the image was.
   */
  readonly image?: string;
  /** What a new function version has to pass, in every environment, before the alias is moved to it. */
  readonly test?: TestConfig | readonly TestConfig[];
  /**
   * Handler string that the function has in AWS. Default `index.handler`, and `module.function` for an entry
   * `module:function`; the zip is laid out so that it resolves.
   */
  readonly handler?: string;
  /** A build command, run in the repository's root by the shell; `entry` is what it makes. */
  readonly command?: string;
  /** Globs of what `command` reads. When given, the command runs only if one of them has changed. */
  readonly inputs?: readonly string[];
}

export interface BranchRule {
  /** Environment name, or `null` for none. */
  readonly environment: string | null;
  /** The branch's version part (`release/1.4.0`) must equal the package version, by semver. */
  readonly matchPackageVersion?: boolean;
}

export interface EnvironmentConfig {
  /** Twelve digits. Checked against STS before anything is written. */
  readonly account?: string;
  /** Several accounts, each with the same functions: a run deploys to all. `role` or `profile` then has `{account}` in it. */
  readonly accounts?: readonly string[];
  /** Else `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's. */
  readonly region?: string;
  readonly regions?: readonly string[];
  /** Profile of the shared AWS configuration files. `{account}` stands for the account. */
  readonly profile?: string;
  /** ARN of a role to assume. `{account}` stands for the account. */
  readonly role?: string;
  /** Template of the name in AWS with `{function}`, `{environment}`, `{branch}`. Default `{function}`. */
  readonly name?: string;
  /** Alias that is moved to the new function version, if it exists. */
  readonly alias?: string;
  readonly strategy?: Strategy;
  /** A folder, or `s3://bucket/prefix`. */
  readonly store?: string;
  /** Targets worked on at once. */
  readonly concurrency?: number;
  /** Lets `--environment` deploy here from any branch. */
  readonly allowAnyBranch?: boolean;
  /** Lets a dirty work tree deploy here. */
  readonly allowDirty?: boolean;
  /** Deploys here what was deployed to that environment for the same commit, and builds nothing. */
  readonly promoteFrom?: string;
  /** What new function versions have to pass here, after the functions' own tests; `false` skips those too. */
  readonly test?: TestConfig | readonly TestConfig[] | false;
  /** How the alias's calls go over to a new function version. Default: all at once. */
  readonly traffic?: TrafficConfig;
  /** Function versions that are kept, the newest; older ones that nothing names are deleted after a deployment. */
  readonly keepVersions?: number;
  /** Creates the alias of a function that has none. Default `false`: it is provisioned. */
  readonly createAlias?: boolean;
  readonly kms?: KmsConfig;
  /** Lets an older commit replace a newer one. Default `false`. */
  readonly allowDowngrade?: boolean;
  /** With a store, one run at a time holds the environment. Default `true`. */
  readonly lease?: boolean;
}

/** What `sluice.config.*` holds. */
export interface Config {
  /** A file or package whose configuration this one builds on, or several, in order. */
  readonly extends?: string | readonly string[];
  readonly functions?: Readonly<Record<string, string | FunctionConfig>>;
  readonly bundle?: BundleOptions;
  readonly layers?: Readonly<Record<string, LayerConfig>>;
  readonly environments?: Readonly<Record<string, EnvironmentConfig>>;
  /** Pattern → environment, first match wins. Default: gitflow. */
  readonly branches?: Readonly<Record<string, string | null | BranchRule>>;
  /** A folder, or `s3://bucket/prefix`, for all environments. */
  readonly store?: string;
  readonly plugins?: readonly Plugin[];
  /** Functions or targets worked on at once. Default 8. */
  readonly concurrency?: number;
}
