import type { UnpackedFile } from "@sluice/artifact";
import type { ResolvedConfig, ResolvedFunction } from "@sluice/core";
import { RUNTIME_PACKAGES } from "../node/provided.ts";

/** Packages, and scopes as `@aws-sdk/*`, that are not in the zip because the runtime or a layer has them. */
export function providedFor(fn: ResolvedFunction, config: Pick<ResolvedConfig, "layers">): readonly string[] {
  const layers = config.layers.filter(({ name }) => fn.layers.includes(name));
  return [...new Set([...RUNTIME_PACKAGES, ...fn.provided, ...layers.flatMap(({ packages }) => packages)])];
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
