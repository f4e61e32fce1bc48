import type { UnpackedFile } from "@sluice/artifact";
import type { ResolvedConfig, ResolvedFunction } from "@sluice/core";

/** What the Node.js runtimes bring along: the AWS SDK for JavaScript v3 with its Smithy packages. */
const RUNTIME: readonly string[] = ["@aws-sdk/*", "@smithy/*"];

/** Packages, and scopes as `@aws-sdk/*`, that are not in the zip because the runtime or a layer has them. */
export function providedFor(fn: ResolvedFunction, config: Pick<ResolvedConfig, "layers">): readonly string[] {
  const layers = config.layers.filter(({ name }) => fn.layers.includes(name));
  return [...new Set([...RUNTIME, ...fn.provided, ...layers.flatMap(({ packages }) => packages)])];
}

/** Whether code in a package seems to import one of `packages`: only then somebody has to stand in for them. */
export function mentionsOne(files: readonly UnpackedFile[], packages: readonly string[]): boolean {
  const names = packages.map((name) => name.replace(/\*$/, "").replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  const imports = new RegExp(`(?:from|import|\\()\\s*["'\`](?:${names.join("|")})`);
  return files.some(
    ({ path, bytes }) =>
      /\.[mc]?js$/.test(path) &&
      imports.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")),
  );
}
