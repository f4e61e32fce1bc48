import type { CommandOptions } from "../command.ts";

/** A function as a peer is told of it. */
export interface PeerFunction {
  readonly name: string;
  /** Path of the source, relative to the repository's root. */
  readonly source: string;
}

/** Where a peer left a function: a zip, or a folder as it would be zipped. */
export type PeerOutput = { readonly zip: string } | { readonly folder: string };

/** Another tool that bundles the functions of a repository. */
export interface BundlingPeer {
  /** Writes what configures the tool into the repository; not timed. */
  configure(repository: string, functions: readonly PeerFunction[]): Promise<void>;
  /** Removes what an earlier build left, so that the next one is cold. */
  clear(repository: string): Promise<void>;
  /** What is timed. */
  build(executable: string, options: CommandOptions): Promise<void>;
  output(repository: string, name: string): PeerOutput;
}
