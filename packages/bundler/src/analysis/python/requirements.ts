import type { InventoryPackage } from "@sluice/artifact";
import type { ImportStep } from "../import-graph.ts";
import { labelOf } from "../label.ts";
import type { OwnImport } from "./imports.ts";
import type { Owners } from "./owners.ts";

/** As PEP 503 has it: `Typing_Extensions` → `typing-extensions`. */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** Names of `Requires-Dist`; those for extras are wanted only if somebody asked for the extra. */
function requiredBy({ requires = [] }: InventoryPackage, withExtras: boolean): string[] {
  return requires
    .filter((text) => withExtras || !/;.*\bextra\s*==/.test(text))
    .map((text) => normalized(/^[\w.-]+/.exec(text.trim())?.[0] ?? ""));
}

/** Who brings a package: an own source, another package, or nobody but the requirements (`null`). */
type Brought = { readonly file: string } | { readonly by: InventoryPackage } | null;

/**
 * The shortest chain to each package: from the first own source that imports it or what requires it; for what no source reaches, from
 * the package that nobody else requires.
 *
 * @returns by normalized name; empty for what only the requirements name
 */
export function chainsToPackages(
  packages: readonly InventoryPackage[],
  imports: readonly OwnImport[],
  owners: Owners,
): (name: string) => readonly ImportStep[] {
  const byName = new Map(packages.map((each) => [normalized(each.name), each]));
  const brought = new Map<string, Brought>();
  const bring = (name: string, how: Brought): void => {
    if (byName.has(name) && !brought.has(name)) brought.set(name, how);
  };
  // A map that grows is walked to its end.
  const spread = (withExtras: boolean): void => {
    for (const [name] of brought) {
      const by = byName.get(name);
      if (by !== undefined) for (const each of requiredBy(by, withExtras)) bring(each, { by });
    }
  };
  for (const { file, module } of imports) {
    const owner = owners.ofModule(module);
    if (owner !== null) bring(normalized(owner.name), { file });
  }
  spread(false);
  const required = new Set(packages.flatMap((each) => requiredBy(each, true)));
  for (const name of byName.keys()) if (!required.has(name)) bring(name, null);
  spread(false);
  spread(true);
  return (name) => {
    const chain: ImportStep[] = [];
    let at = byName.get(normalized(name));
    while (at !== undefined) {
      const how = brought.get(normalized(at.name)) ?? null;
      const kind = chain.length === 0 ? null : "dependency";
      chain.unshift({ file: labelOf(at), kind });
      if (how !== null && "file" in how) return [{ file: how.file, kind: "import-statement" }, ...chain];
      at = how === null ? undefined : how.by;
    }
    return chain.length > 1 ? chain : [];
  };
}
