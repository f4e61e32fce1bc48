import type { Message, Metafile, Plugin } from "esbuild";
import { packageName } from "../externals/specifier.ts";
import type { BuiltEntry } from "./output.ts";
import { isInstalled } from "./portable.ts";
import { unresolvedImport } from "./provided.ts";
import { isOwnQuestion } from "./question.ts";

const NAMESPACE = "sluice-missing";

/** Packages that installed packages import and nobody has installed, by a build's messages; one for each import. */
export function missingInPackages(messages: readonly Message[]): readonly Message[] {
  return messages.filter((message) => {
    const specifier = unresolvedImport(message);
    const file = message.location?.file ?? "";
    return specifier !== null && packageName(specifier) !== null && isInstalled(file);
  });
}

/**
 * Puts a module that throws in the place of packages that are missing, as Node.js does when it comes to the import: a package may
 * import another in a module that it only loads when it is asked to, and a bundle cannot leave that import where it stands.
 */
export function missingPlugin(messages: readonly Message[]): Plugin {
  const names = new Set(messages.map(unresolvedImport));
  const mark = Symbol("asked by the plugin itself");
  return {
    name: NAMESPACE,
    setup(build) {
      const escaped = [...names].map((name) => name?.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
      build.onResolve({ filter: new RegExp(`^(?:${escaped.join("|")})$`) }, async (asked) => {
        const { path, importer, namespace, resolveDir, kind, pluginData } = asked;
        if (isOwnQuestion(pluginData) || !isInstalled(importer)) return null;
        const found = await build.resolve(path, { importer, namespace, resolveDir, kind, pluginData: mark });
        return found.errors.length > 0 ? { path, namespace: NAMESPACE } : null;
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
        const message = JSON.stringify(`Cannot find package '${path}'`);
        const contents = `module.exports = null;\nthrow Object.assign(new Error(${message}), { code: "ERR_MODULE_NOT_FOUND" });\n`;
        return { contents, loader: "js" };
      });
    },
  };
}

/** What runs as soon as the entry is loaded: everything but what stands behind an `import()`. */
function loadedAtOnce({ inputs, outputs }: Metafile): Set<string> {
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  const reached = new Set(entries);
  for (const key of reached)
    for (const { path, kind } of inputs[key]?.imports ?? []) if (kind !== "dynamic-import") reached.add(path);
  return reached;
}

const specifierOf = (key: string): string | null =>
  key.startsWith(`${NAMESPACE}:`) ? key.slice(NAMESPACE.length + 1) : null;

/** The messages of missing packages without which an entry cannot be loaded. */
export function neededAtOnce({ metafile }: BuiltEntry, messages: readonly Message[]): Message[] {
  const needed = new Set([...loadedAtOnce(metafile)].map(specifierOf));
  needed.delete(null);
  return messages.filter((message) => needed.has(unresolvedImport(message)));
}

/** An entry whose metafile says of missing packages that they are left out. */
export function withoutMissing(entry: BuiltEntry): BuiltEntry {
  const { inputs, outputs } = entry.metafile;
  if (!Object.keys(inputs).some((key) => specifierOf(key) !== null)) return entry;
  const kept = Object.entries(inputs).filter(([key]) => specifierOf(key) === null);
  const told = kept.map(([key, input]): [string, Metafile["inputs"][string]] => {
    const imports = input.imports.map((each) => {
      const missing = specifierOf(each.path);
      return missing === null ? each : { path: missing, kind: each.kind, external: true };
    });
    return [key, { ...input, imports }];
  });
  return { ...entry, metafile: { inputs: Object.fromEntries(told), outputs } };
}

/** What to tell of packages that may be missed later, each once. */
export function missingWarnings(messages: readonly Message[]): Message[] {
  const told = new Map(
    messages.map((message): [string, Message] => {
      const specifier = unresolvedImport(message) ?? "";
      const text = `${specifier} is not installed. What imports it is loaded late, and fails then; to have it bundled: npm install ${packageName(specifier)}.`;
      return [text, { ...message, text, notes: [] }];
    }),
  );
  return [...told.values()];
}
