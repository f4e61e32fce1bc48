/** Names of packages that a stub stood in for, in this thread. */
export const stubbed: Set<string> = new Set();

/**
 * An object that can be called, constructed, extended, iterated and asked for anything, and does nothing. So what a module does with
 * a package while it is loaded goes through.
 */
function inert(): unknown {
  const target = function inert(): void {};
  return new Proxy(target, {
    get: (at, key) => {
      if (key === "prototype") return at.prototype;
      if (key === "then") return undefined;
      if (key === Symbol.toPrimitive) return () => "";
      if (key === Symbol.iterator) return function* () {};
      if (typeof key === "symbol") return undefined;
      return inert();
    },
    has: () => true,
    set: () => true,
    apply: () => inert(),
    construct: () => inert() as object,
    // esbuild makes a namespace of a CommonJS module that inherits from its prototype (`__toESM`).
    getPrototypeOf: () => inert() as object,
  });
}

/** The stub of a package. */
export function stubOf(specifier: string): unknown {
  stubbed.add(specifier);
  return inert();
}

/** Under this key the stub modules, which are text, find {@link stubOf}. */
const KEY = "sluice.stub";

/** Lets {@link stubModule} work in this thread. */
export function offerStubs(): void {
  Object.defineProperty(globalThis, Symbol.for(KEY), { value: stubOf });
}

/** The ES module that stands for a package and exports `names`. */
export function stubModule(specifier: string, names: readonly string[]): string {
  const lines = names
    .filter((name) => name !== "default")
    .map((name, index) => `const n${index} = stub.${name}; export { n${index} as ${name} };`);
  const stub = `const stub = globalThis[Symbol.for(${JSON.stringify(KEY)})](${JSON.stringify(specifier)});`;
  return [stub, "export default stub;", ...lines].join("\n");
}

/** Names that are read of a namespace. A short name of minified code is one for other things, too; more names do no harm. */
function readOf(text: string, namespace: string): string[] {
  const name = namespace.replaceAll("$", "\\$");
  return [...text.matchAll(new RegExp(`(?<![\\w$]|[^.]\\.)${name}\\.([A-Za-z_$][\\w$]*)`, "g"))].map(
    ([, read = ""]) => read,
  );
}

/** The names that a module's text imports from `specifier`: an ES module is linked by name before any code runs. */
export function importedNames(text: string, specifier: string): string[] {
  const from = `from\\s*["']${specifier.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}["']`;
  const lists = text.matchAll(new RegExp(`\\b(?:import|export)\\b[^{}"';]*\\{([^{}]*)\\}\\s*${from}`, "g"));
  const namespaces = text.matchAll(new RegExp(`\\*\\s*as\\s+([\\w$]+)\\s*${from}`, "g"));
  const named = [...lists].flatMap(([, list = ""]) => list.split(","));
  const imported = named.map((name) => /^\s*([A-Za-z_$][\w$]*)/.exec(name)?.[1]);
  const read = [...namespaces].flatMap(([, namespace = ""]) => readOf(text, namespace));
  return [...new Set([...imported.filter((name) => name !== undefined), ...read])];
}
