import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Loader, OnLoadResult, Plugin } from "esbuild";
import { getTsconfig, parseTsconfig } from "get-tsconfig";
import { decoratorMetadata } from "./errors.ts";
import type { EsbuildBuildOptions } from "./options.ts";
import { isInstalled } from "./portable.ts";

type Transformer = typeof import("oxc-transform");

/** Namespace of the helpers that decorated code calls. */
export const DECORATORS = "sluice-decorators";

/** As TypeScript's own helpers of the same names, which its output calls (tslib 2.8). */
const HELPER_CODE: Readonly<Record<string, string>> = {
  decorate: `export default function (decorators, target, key, descriptor) {
  const count = arguments.length;
  let result = count < 3 ? target : descriptor === null ? Object.getOwnPropertyDescriptor(target, key) : descriptor;
  for (let at = decorators.length - 1; at >= 0; at--) {
    const decorator = decorators[at];
    if (decorator) result = (count < 3 ? decorator(result) : count > 3 ? decorator(target, key, result) : decorator(target, key)) || result;
  }
  return count > 3 && result && Object.defineProperty(target, key, result), result;
}`,
  // An enum of another file is known by its object alone; TypeScript, which sees all files, says what its members are.
  decorateMetadata: `function typeOf(value) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(typeOf);
  const members = Object.keys(value).filter((key) => String(Number(key)) !== key).map((key) => typeof value[key]);
  if (members.length === 0) return Object;
  if (members.every((member) => member === "string")) return String;
  return members.every((member) => member === "number") ? Number : Object;
}
export default function (key, value) {
  if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(key, typeOf(value));
}`,
  decorateParam: `export default function (index, decorator) {
  return (target, key) => decorator(target, key, index);
}`,
};

/** The transformer as the repository has installed it; `null` when it has not. */
async function loadTransformer(root: string): Promise<Transformer | null> {
  let path: string;
  try {
    path = createRequire(join(root, "package.json")).resolve("oxc-transform");
  } catch {
    return null;
  }
  return (await import(pathToFileURL(path).href)) as Transformer;
}

/** Whether a source has decorators for certain: esbuild's own helper for them says so. */
async function hasDecorators(text: string, loader: Loader): Promise<boolean> {
  const { transform } = await import("esbuild");
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
  const done = await transform(text, { loader, tsconfigRaw, logLevel: "silent" }).catch(() => null);
  return done?.code.includes("__decorate") ?? false;
}

/** Asks for each folder once whether the tsconfig above it wants metadata. */
function metadataWanted(root: string, tsconfig: string | undefined): (file: string) => boolean {
  const known = new Map<string, boolean>();
  const cache = new Map<string, string>();
  const look = (folder: string): boolean => {
    try {
      const options =
        tsconfig === undefined
          ? getTsconfig(folder, "tsconfig.json", cache)?.config.compilerOptions
          : parseTsconfig(resolve(root, tsconfig), cache).compilerOptions;
      return options?.experimentalDecorators === true && options.emitDecoratorMetadata === true;
    } catch {
      // esbuild reads it as well, and says what is wrong with it.
      return false;
    }
  };
  return (file) => {
    const folder = dirname(file);
    const wanted = known.get(folder) ?? look(folder);
    known.set(folder, wanted);
    return wanted;
  };
}

function transformed(oxc: Transformer, file: string, text: string, loader: "ts" | "tsx"): OnLoadResult {
  const { code, map, errors } = oxc.transformSync(file, text, {
    lang: loader,
    sourcemap: true,
    target: "esnext",
    // esbuild does this: by the same tsconfig as for every other source.
    jsx: "preserve",
    decorator: { legacy: true, emitDecoratorMetadata: true },
  });
  // A syntax error is esbuild's to tell, with the place and in the words of all others.
  if (errors.length > 0 || map === undefined) return { contents: text, loader };
  const inline = Buffer.from(JSON.stringify({ ...map, sources: [file] })).toString("base64");
  // Still TypeScript for esbuild: its rules on class fields and on imports that turn out to be types hold there alone.
  return { contents: `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}`, loader };
}

/**
 * Emits the types of decorated members as `design:*` metadata where a tsconfig asks for it with `emitDecoratorMetadata`, which
 * esbuild does not: containers and mappers (NestJS, TypeORM, TypeGraphQL) go by it. Sources without a decorator are left to
 * esbuild, as are installed ones.
 *
 * @param root - real path of the repository's root
 */
export function decoratorsPlugin(root: string, given: EsbuildBuildOptions): Plugin {
  return {
    name: DECORATORS,
    setup(build) {
      if (given.tsconfigRaw !== undefined) return;
      const wanted = metadataWanted(root, given.tsconfig);
      let transformer: Promise<Transformer | null> | null = null;
      build.onLoad({ filter: /\.[cm]?tsx?$/, namespace: "file" }, async ({ path }) => {
        if (isInstalled(path) || !wanted(path)) return null;
        const text = readFileSync(path, "utf8");
        if (!/@\s*[\w$(]/.test(text)) return null;
        transformer ??= loadTransformer(root);
        const loader = path.endsWith(".tsx") ? "tsx" : "ts";
        const oxc = await transformer;
        if (oxc !== null) return transformed(oxc, path, text, loader);
        if (!(await hasDecorators(text, loader))) return null;
        throw decoratorMetadata(relative(root, path).replaceAll("\\", "/"));
      });
      build.onResolve({ filter: /^@oxc-project\/runtime\/helpers\// }, ({ path }) => ({
        path: path.slice(path.lastIndexOf("/") + 1),
        namespace: DECORATORS,
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: DECORATORS }, ({ path }) => {
        const contents = HELPER_CODE[path];
        return contents === undefined ? null : { contents, loader: "js" };
      });
    },
  };
}
