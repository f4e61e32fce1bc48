import { readFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { StandIns } from "./job.ts";
import { importedNames, offerStubs, stubModule, stubOf } from "./stub.ts";

const SCHEME = "sluice-stub:";

type Context = { readonly parentURL?: string | undefined; readonly conditions?: readonly string[] };
type Resolved = { readonly url: string; readonly format?: string; readonly shortCircuit?: boolean };
type Loaded = { readonly format: string; readonly source: string; readonly shortCircuit: true };

/** Whether an import is one of a package that somebody else provides. */
function isProvided(specifier: string, packages: readonly string[]): boolean {
  return packages.some((name) =>
    name.endsWith("*")
      ? specifier.startsWith(name.slice(0, -1))
      : specifier === name || specifier.startsWith(`${name}/`),
  );
}

/** Only root can unpack layers where Lambda does: bundles name their files by that place. */
function inLayers(specifier: string, { layers }: StandIns): string {
  const path = specifier.startsWith("file:///opt/") ? specifier.slice("file://".length) : specifier;
  if (layers === null || !path.startsWith("/opt/")) return specifier;
  return `${layers}${path.slice("/opt".length)}`;
}

function isAbsent(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
}

/** `require` of what is not in the package: as it is installed in the repository, else a stub. */
function standInForRequire(standIns: StandIns): void {
  const { packages, from } = standIns;
  type Load = (request: string, parent: unknown, isMain: boolean) => unknown;
  const owner = module as unknown as { _load: Load };
  const load = owner._load;
  const installed = createRequire(from);
  owner._load = function (this: unknown, asked, parent, isMain) {
    const request = inLayers(asked, standIns);
    try {
      return load.call(this, request, parent, isMain);
    } catch (error) {
      if (!isAbsent(error) || !isProvided(request, packages) || !String(error).includes(request)) throw error;
    }
    let path: string;
    try {
      path = installed.resolve(request);
    } catch {
      return stubOf(request);
    }
    return load.call(this, path, parent, isMain);
  };
}

/** A URL that carries the names to export: the importer's text is known where it is resolved. */
function stubUrl(specifier: string, importer: string | undefined): string {
  let names: string[] = [];
  try {
    if (importer?.startsWith("file:"))
      names = importedNames(readFileSync(fileURLToPath(importer), "utf8"), specifier);
  } catch {
    // A module that is linked by name then says which one is missing.
  }
  return `${SCHEME}${encodeURIComponent(specifier)}?${names.join(",")}`;
}

function loadStub(url: string): Loaded {
  const [specifier = "", names = ""] = url.slice(SCHEME.length).split("?");
  const source = stubModule(decodeURIComponent(specifier), names === "" ? [] : names.split(","));
  return { format: "module", source, shortCircuit: true };
}

function resolveStub(specifier: string, importer: string | undefined): Resolved {
  return { url: stubUrl(specifier, importer), format: "module", shortCircuit: true };
}

type Next<T, C> = (what: string, context: C) => T;

/** Hooks for `module.registerHooks`, in the same thread. */
function syncHooks(standIns: StandIns) {
  const { packages, from } = standIns;
  return {
    resolve: (asked: string, context: Context, next: Next<Resolved, Context>): Resolved => {
      // `require` has a way of its own, above.
      if (context.conditions?.includes("require")) return next(asked, context);
      const specifier = inLayers(asked, standIns);
      // Taken now: Node.js writes what `next` is given into this context.
      const importer = context.parentURL;
      for (const parentURL of [importer, from]) {
        try {
          return next(specifier, { ...context, parentURL });
        } catch (error) {
          if (!isAbsent(error) || !isProvided(specifier, packages)) throw error;
        }
      }
      return resolveStub(specifier, importer);
    },
    load: <C>(url: string, context: C, next: Next<unknown, C>): unknown =>
      url.startsWith(SCHEME) ? loadStub(url) : next(url, context),
  };
}

let hooked: StandIns = { packages: [], from: "", layers: null };

/** The same for `module.register`, in a thread of its own: called there with what {@link standIn} sends. */
export function initialize(standIns: StandIns): void {
  hooked = standIns;
}

export async function resolve(
  asked: string,
  context: Context,
  next: Next<Promise<Resolved>, Context>,
): Promise<Resolved> {
  const specifier = inLayers(asked, hooked);
  const importer = context.parentURL;
  for (const parentURL of [importer, hooked.from]) {
    try {
      return await next(specifier, { ...context, parentURL });
    } catch (error) {
      if (!isAbsent(error) || !isProvided(specifier, hooked.packages)) throw error;
    }
  }
  return resolveStub(specifier, importer);
}

export async function load<C>(url: string, context: C, next: Next<Promise<unknown>, C>): Promise<unknown> {
  return url.startsWith(SCHEME) ? loadStub(url) : next(url, context);
}

/**
 * Lets provided packages be imported though the package lacks them.
 *
 * @param hooks - URL of a module that exports {@link initialize}, {@link resolve} and {@link load}
 */
export function standIn(standIns: StandIns, hooks: string): void {
  type SyncHooks = ReturnType<typeof syncHooks>;
  const { registerHooks } = module as unknown as { registerHooks?: (hooks: SyncHooks) => void };
  offerStubs();
  standInForRequire(standIns);
  // From Node.js 22.15 on; a thread costs as much as starting Node.js.
  if (registerHooks === undefined) module.register(hooks, { data: standIns });
  else registerHooks(syncHooks(standIns));
}
