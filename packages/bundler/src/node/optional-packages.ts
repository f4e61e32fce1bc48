import type { Plugin } from "esbuild";
import { packageFolderOf } from "../externals/installation.ts";
import { createPackageReader } from "../externals/package-reader.ts";
import { packageName } from "../externals/specifier.ts";

/**
 * Packages that others load when they are there, by a function of their own instead of in `try` (as NestJS's `loadPackage`),
 * so that esbuild takes them for missing. The list only spares calls into JavaScript: what a package may do without, its
 * package.json says.
 */
const LOADED_LATE =
  /^(?:@nestjs\/|@fastify\/|@apollo\/|@as-integrations\/|@grpc\/|class-validator|class-transformer|cache-manager|ts-morph|amqplib|amqp-connection-manager|kafkajs|mqtt|nats|ioredis)/;

const LATE_KINDS: ReadonlySet<string> = new Set(["require-call", "require-resolve", "dynamic-import"]);

/** Leaves out what an installed package may do without and is not installed: loading it fails when it is asked for, as unbundled. */
export function optionalPackagesPlugin(): Plugin {
  const mark = Symbol("asked by the plugin itself");
  const reader = createPackageReader();
  const mayMiss = (importer: string, name: string): boolean => {
    const folder = packageFolderOf(importer);
    const manifest = folder === null ? null : reader.manifest(folder);
    return manifest !== null && (manifest.optionalPeers.has(name) || name in manifest.optionalDependencies);
  };
  return {
    name: "sluice-optional-packages",
    setup(build) {
      build.onResolve({ filter: LOADED_LATE }, async (asked) => {
        const { path, importer, namespace, resolveDir, kind, pluginData } = asked;
        if (pluginData !== undefined || !LATE_KINDS.has(kind)) return null;
        const name = packageName(path);
        if (name === null || !mayMiss(importer, name)) return null;
        const found = await build.resolve(path, { importer, namespace, resolveDir, kind, pluginData: mark });
        return found.errors.length > 0 ? { path, external: true } : null;
      });
    },
  };
}
