import type { Message, Plugin } from "esbuild";
import { isOwnQuestion } from "./question.ts";

/**
 * What the Node.js runtimes bring along: the AWS SDK for JavaScript v3 with its Smithy packages (AWS Lambda Developer
 * Guide, "Building Lambda functions with Node.js", runtime-included SDK versions), and from nodejs22.x on the SDK for durable
 * functions ("Supported runtimes for durable functions").
 */
export const RUNTIME_PACKAGES: readonly string[] = [
  "@aws-sdk/*",
  "@smithy/*",
  "@aws/durable-execution-sdk-js",
];

const PROVIDED = /^@(?:(?:aws-sdk|smithy)\/|aws\/durable-execution-sdk-js(?:\/|$))/;

/** Whether the Node.js runtimes bring a package along. */
export function isRuntimeProvided(name: string): boolean {
  return PROVIDED.test(name);
}

const UNRESOLVED = /^Could not resolve "(.+)"$/;

/** The import that a message of esbuild could not resolve, or `null` for another message. */
export function unresolvedImport(message: Message): string | null {
  return UNRESOLVED.exec(message.text)?.[1] ?? null;
}

/** Those among unresolved imports that the runtime has. */
export function providedImports(messages: readonly Message[]): string[] {
  const imports = messages.map(unresolvedImport).filter((specifier) => specifier !== null);
  return [...new Set(imports.filter((specifier) => PROVIDED.test(specifier)))].sort();
}

/**
 * Leaves `imports` to the runtime wherever they cannot be resolved. It asks for each importer anew, so that a package
 * that another function has installed is still bundled there, and only for these few imports, because a call from esbuild into
 * JavaScript for each of thousands would cost more than the build.
 */
export function providedPlugin(imports: readonly string[]): Plugin {
  const escaped = imports.map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  const mark = Symbol("asked by the plugin itself");
  return {
    name: "sluice-provided",
    setup(build) {
      build.onResolve({ filter: new RegExp(`^(?:${escaped.join("|")})$`) }, async (args) => {
        if (isOwnQuestion(args.pluginData)) return null;
        const { path, importer, namespace, resolveDir, kind } = args;
        const asked = { importer, namespace, resolveDir, kind, pluginData: mark };
        const result = await build.resolve(path, asked);
        return result.errors.length > 0 ? { path, external: true } : null;
      });
    },
  };
}
