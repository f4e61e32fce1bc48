import { readFileSync } from "node:fs";
import { type ListingScope, listedFile } from "@sluice/artifact";
import type { ComputedImport } from "./import-calls.ts";
import type { Import } from "./import-statements.ts";
import { modulesBelow } from "./modules-below.ts";
import type { FindModule, FoundModule, OwnModule } from "./own-modules.ts";
import { type ModuleScan, scanModule } from "./scan-module.ts";
import type { SourceTree } from "./source-tree.ts";
import type { When } from "./statements.ts";

/** An import that no own module answers. */
export interface ForeignImport {
  /** Dotted and absolute; with dots before it, as it is written, when it leads out of its package. */
  readonly module: string;
  /** `load`: the handler does not load without it. */
  readonly when: Exclude<When, "never">;
  /** Own package that should have it; `null` when its first part is no own module at all. */
  readonly within: OwnModule | null;
  /** Absolute path of the importing source, and line, counted from 1. */
  readonly file: string;
  readonly line: number;
}

/** A reached module; `scan` is `null` for machine code. */
export interface Reached {
  readonly module: OwnModule;
  readonly scan: ModuleScan | null;
  /** Whether it is loaded for certain when the handler is. */
  readonly certain: boolean;
}

export interface Reach {
  /** In the order in which they were reached: the entry first. */
  readonly modules: readonly Reached[];
  readonly foreign: readonly ForeignImport[];
  /** Imports by computed names, with the absolute path of their source. */
  readonly computed: readonly (ComputedImport & { readonly file: string })[];
  /** Folders without `__init__.py` that files are read of by name. */
  readonly dataFolders: readonly { readonly root: string; readonly folder: string }[];
}

interface ReachScope {
  readonly find: FindModule;
  readonly tree: SourceTree;
  readonly listing: ListingScope;
}

/** Absolute parts of what an import names; `null` when it leads out of the package, which Python refuses. */
function absoluteParts(module: OwnModule, { level, module: name }: Import): string[] | null {
  const own = name === "" ? [] : name.split(".");
  if (level === 0) return own;
  const packages = module.name.split(".");
  const above = module.isPackage ? level - 1 : level;
  return above >= packages.length && !(module.isPackage && above === 0)
    ? null
    : [...packages.slice(0, packages.length - above), ...own];
}

class Walk {
  readonly reached = new Map<string, Reached>();
  readonly dataFolders = new Map<string, { root: string; folder: string }>();
  private readonly foreign = new Map<string, ForeignImport[]>();
  private readonly queue: OwnModule[] = [];
  /** Folders of which every module was taken. */
  private readonly whole = new Set<string>();
  private readonly scope: ReachScope;

  constructor(scope: ReachScope) {
    this.scope = scope;
  }

  add(module: OwnModule, certain: boolean): void {
    const key = `${module.name}\0${module.file}`;
    const known = this.reached.get(key);
    if (known !== undefined && (known.certain || !certain)) return;
    const scan = known?.scan ?? this.read(module.file);
    this.reached.set(key, { module, scan, certain });
    this.queue.push(module);
  }

  private read(file: string): ModuleScan | null {
    // Before it is read: it may be a link that leaves the repository.
    listedFile(this.scope.listing, file, "");
    return file.endsWith(".py") ? scanModule(readFileSync(file)) : null;
  }

  run(): void {
    for (let module = this.queue.shift(); module !== undefined; module = this.queue.shift()) {
      const reached = this.reached.get(`${module.name}\0${module.file}`);
      if (reached?.scan === undefined || reached.scan === null) continue;
      this.foreign.set(module.file, []);
      // The packages above are loaded before a module is.
      this.take(this.scope.find(module.name.split(".")), reached.certain);
      for (const each of reached.scan.imports) this.follow(reached, each);
      for (const mention of reached.scan.mentions) this.mentioned(mention);
      for (const each of reached.scan.computed) this.takeAll(reached.module, each.within);
    }
  }

  get foreignImports(): ForeignImport[] {
    return [...this.foreign.values()].flat();
  }

  private take(found: FoundModule, certain: boolean): void {
    for (const module of found.chain) this.add(module, certain);
  }

  private follow({ module, certain }: Reached, each: Import): void {
    if (each.when === "never") return;
    const parts = absoluteParts(module, each);
    const isCertain = certain && each.when === "load";
    const when = isCertain ? "load" : each.when === "late" ? "late" : "perhaps";
    if (parts === null) this.addForeign(module, each, when, null);
    if (parts === null || parts.length === 0) return;
    const found = this.scope.find(parts);
    this.take(found, isCertain);
    const inner = each.names.flatMap((name) => this.followName(found, parts, name, isCertain));
    const isWhole = found.depth === parts.length && (found.chain.length > 0 || inner.length > 0);
    // A folder of that name may be a namespace package: Python takes it, and what is in it cannot be known.
    const due = found.depth === parts.length && when === "load" ? "perhaps" : when;
    if (!isWhole) this.addForeign(module, each, due, { parts, within: found.chain.at(-1) ?? null });
  }

  /** What `from package import name` reaches below the package, which is none when the name is one of its own. */
  private followName(found: FoundModule, parts: string[], name: string, certain: boolean): OwnModule[] {
    if (found.depth < parts.length) return [];
    if (name === "*") return this.followAll(found, parts, certain);
    const inner = this.scope.find([...parts, name]);
    if (inner.depth === parts.length) return [];
    this.take(inner, certain);
    for (const place of inner.folders) this.dataFolders.set(place.folder, place);
    return inner.chain.slice(-1);
  }

  /** `import *` loads what `__all__` of a package names, which some string in it does. */
  private followAll(found: FoundModule, parts: string[], certain: boolean): OwnModule[] {
    const last = found.chain.at(-1);
    if (last?.isPackage !== true || !last.file.endsWith(".py")) return [];
    const { literals } = scanModule(readFileSync(last.file));
    const names = literals.map(({ text }) => text).filter((text) => /^[^\W\d]\w*$/u.test(text));
    return [...new Set(names)].flatMap((name) => this.followName(found, parts, name, certain));
  }

  /** `place`: `null` for a relative import that leads out of its package. */
  private addForeign(
    from: OwnModule,
    { level, module, line }: Import,
    when: ForeignImport["when"],
    place: { readonly parts: readonly string[]; readonly within: OwnModule | null } | null,
  ): void {
    const name = place === null ? ".".repeat(level) + module : place.parts.join(".");
    const each = { module: name, when, within: place?.within ?? null, file: from.file, line };
    this.foreign.get(from.file)?.push(each);
  }

  /** A string that names a module, or something in one. */
  private mentioned(text: string): void {
    const [dotted = "", attribute] = text.split(":");
    const parts = dotted.split(".").filter((part) => part !== "");
    const found = this.scope.find(parts);
    const isModule = found.depth === parts.length;
    // Of a.b.Name, the module is a.b.
    const isInModule = attribute === undefined && parts.length > 1 && found.depth === parts.length - 1;
    if (!isModule && !isInModule) return;
    this.take(found, false);
    if (isModule) for (const place of found.folders) this.dataFolders.set(place.folder, place);
  }

  private takeAll(from: OwnModule, within: string | null): void {
    const found = within === null ? null : this.scope.find(within.split("."));
    const isOwn = found !== null && found.depth > 0 && found.depth === within?.split(".").length;
    const tops = isOwn && found.folders.length > 0 ? found.folders : [{ root: from.root, folder: from.root }];
    if (isOwn) this.take(found, false);
    if (within !== null && !isOwn) return;
    const fresh = tops.filter(({ root, folder }) => !this.whole.has(`${root}\0${folder}`));
    for (const { root, folder } of fresh) this.whole.add(`${root}\0${folder}`);
    for (const { root, folder } of fresh)
      for (const parts of modulesBelow(this.scope.tree, this.scope.listing.root, root, folder))
        this.take(this.scope.find(parts), false);
  }
}

/**
 * Finds every own module that loading `entry` may load.
 *
 * @throws `SLUICE_SYMLINK_OUTSIDE`, `SLUICE_FILE_UNREADABLE`
 */
export function reachFrom(entry: OwnModule, scope: ReachScope): Reach {
  const walk = new Walk(scope);
  walk.add(entry, true);
  walk.run();
  const modules = [...walk.reached.values()];
  return {
    modules,
    foreign: walk.foreignImports,
    computed: modules.flatMap(({ module, scan }) =>
      (scan?.computed ?? []).map((each) => ({ ...each, file: module.file })),
    ),
    dataFolders: [...walk.dataFolders.values()],
  };
}
