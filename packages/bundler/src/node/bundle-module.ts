import { join, posix } from "node:path";
import type { ZipEntry } from "@sluice/artifact";
import type { Artifact } from "@sluice/core";
import { writeCacheFile } from "../cache/cache-file.ts";
import { refreshed } from "../cache/refresh.ts";
import { resolutionOf } from "../cache/resolution.ts";
import { buildFailed, handlerShadowed } from "../errors.ts";
import { bundleRuntimes } from "../machine/compatibility.ts";
import { readListing, writePackage } from "../package.ts";
import type { Work } from "../session.ts";
import { bundleTools } from "../tools.ts";
import { entryKey } from "./entry.ts";
import { failureOf, flawOf } from "./failure.ts";
import { handlerFlaw } from "./handler-flaw.ts";
import { type PlannedModule, planModules } from "./module-plan.ts";
import { mapStyle } from "./options.ts";
import type { BuiltEntry } from "./output.ts";

/** Whether a package.json above the handler makes `.js` files ES modules. */
function makesModules(assets: readonly ZipEntry[], module: string): boolean {
  const above = assets.filter(({ path }) => {
    const folder = posix.dirname(path);
    return posix.basename(path) === "package.json" && (folder === "." || module.startsWith(`${folder}/`));
  });
  return above.some(({ bytes }) => /"type"\s*:\s*"module"/.test(Buffer.from(bytes).toString()));
}

/**
 * The extension under which the Node.js runtime takes the code for what it is. It tries no extension, `.js`, `.mjs` and `.cjs`, in
 * this order (aws-lambda-nodejs-runtime-interface-client 3.3, `_tryRequire`). `.js` is what tools beside the runtime know best.
 */
function extensionFor(
  format: "esm" | "cjs",
  assets: readonly ZipEntry[],
  module: string,
): ".mjs" | ".js" | ".cjs" {
  if (format === "esm") return ".mjs";
  return makesModules(assets, module) ? ".cjs" : ".js";
}

/** The line by which the code names its map, or carries it. */
function mapComment(map: Uint8Array, file: string, style: ReturnType<typeof mapStyle>): Uint8Array {
  if (style === "external") return new Uint8Array();
  const inline = (): string => `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
  const url = style === "linked" ? `${posix.basename(file)}.map` : inline();
  return Buffer.from(`//# sourceMappingURL=${url}\n`);
}

/** The files of the bundle itself, under the names that the handler string asks for. */
function bundleFiles(built: BuiltEntry, file: string, style: ReturnType<typeof mapStyle>): ZipEntry[] {
  const { code, map, legal, copied } = built;
  const files: ZipEntry[] = [
    { path: file, bytes: map === null ? code : Buffer.concat([code, mapComment(map, file, style)]) },
  ];
  if (map !== null && style !== "inline") files.push({ path: `${file}.map`, bytes: map });
  if (legal !== null) files.push({ path: `${file}.LEGAL.txt`, bytes: legal });
  for (const { name, bytes } of copied) files.push({ path: posix.join(posix.dirname(file), name), bytes });
  return files;
}

function checkShadows(planned: PlannedModule, assets: readonly ZipEntry[], file: string): void {
  const extensions = ["", ".js", ".mjs"].slice(0, file.endsWith(".mjs") ? 2 : 3);
  const shadows = new Set(extensions.map((extension) => planned.place.module + extension));
  const shadow = assets.find(({ path }) => path !== file && shadows.has(path));
  if (shadow !== undefined) throw handlerShadowed(planned.fn.name, shadow.path, file);
}

/** Files that esbuild read; what plugins made up has no file, and disabled ones are written in brackets. */
function inputsOf(built: BuiltEntry): string[] {
  const keys = Object.keys(built.metafile.inputs).map((key) => key.replace(/^\(disabled\):/, ""));
  return keys.filter((key) => !/^(<|[\w-]{2,}:)/.test(key));
}

/** Bundles a Node.js module, or finds that its last bundle is still right. */
export async function bundleModule(work: Work): Promise<Artifact> {
  const { fn, session } = work;
  session.modules ??= planModules(session);
  const planned = await session.modules.modules.get(fn.name);
  if (planned === undefined) throw new Error(`${fn.name} is not among the functions of its own run`);
  if ("error" in planned) throw planned.error;
  if (planned.cached !== null) return refreshed(work, planned.cached);
  const { group, entry, place, key } = planned;
  const { entries, startedAt, files } = await session.modules.build(planned);
  const built = entries.get(entryKey(entry));
  if (built === undefined) throw buildFailed(fn.name, "esbuild gave no output for this entry.", null);
  if ("messages" in built) throw await failureOf(fn, session.root, group, entry, built.messages);
  const flaw = await handlerFlaw(session.root, group, entry, built);
  if (flaw !== null) throw await flawOf(fn, session.root, group, entry, flaw);
  const assets = readListing(work, planned.assets);
  const file = place.module + extensionFor(group.format, assets, place.module);
  checkShadows(planned, assets, file);
  const inputs = inputsOf(built);
  const artifact = await writePackage(work, {
    entries: [...bundleFiles(built, file, mapStyle(group)), ...assets],
    compatibleRuntimes: bundleRuntimes(fn),
    tools: bundleTools(),
    key,
    read: {
      files,
      inputs,
      resolution: resolutionOf(
        session.root,
        session.repository,
        inputs,
        built.metafile.inputs,
        group.esbuild.tsconfig ?? null,
      ),
    },
    startedAt,
  });
  writeCacheFile(join(session.cache, `${fn.name}.meta.json`), JSON.stringify(built.metafile));
  return artifact;
}
