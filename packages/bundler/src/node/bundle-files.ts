import { posix } from "node:path";
import type { ZipEntry } from "@sluice/artifact";
import { handlerShadowed } from "../errors.ts";
import type { PlannedModule } from "./module-plan.ts";
import type { MapStyle } from "./options.ts";
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
export function extensionFor(
  format: "esm" | "cjs",
  assets: readonly ZipEntry[],
  module: string,
): ".mjs" | ".js" | ".cjs" {
  if (format === "esm") return ".mjs";
  return makesModules(assets, module) ? ".cjs" : ".js";
}

/** The line by which the code names its map, or carries it. */
function mapComment(map: Uint8Array, file: string, style: MapStyle): Uint8Array {
  if (style === "external" || style === "beside") return new Uint8Array();
  const inline = (): string => `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
  const url = style === "linked" ? `${posix.basename(file)}.map` : inline();
  return Buffer.from(`//# sourceMappingURL=${url}\n`);
}

/** The files of the bundle itself, under the names that the handler string asks for. */
export function bundleFiles(built: BuiltEntry, file: string, style: MapStyle): ZipEntry[] {
  const { code, map, legal, copied } = built;
  const files: ZipEntry[] = [
    { path: file, bytes: map === null ? code : Buffer.concat([code, mapComment(map, file, style)]) },
  ];
  if (map !== null && style !== "inline" && style !== "beside")
    files.push({ path: `${file}.map`, bytes: map });
  if (legal !== null) files.push({ path: `${file}.LEGAL.txt`, bytes: legal });
  for (const { name, bytes } of copied) files.push({ path: posix.join(posix.dirname(file), name), bytes });
  return files;
}

/** @throws `SLUICE_HANDLER_SHADOWED` */
export function checkShadows(planned: PlannedModule, assets: readonly ZipEntry[], file: string): void {
  const extensions = ["", ".js", ".mjs"].slice(0, file.endsWith(".mjs") ? 2 : 3);
  const shadows = new Set(extensions.map((extension) => planned.place.module + extension));
  const shadow = assets.find(({ path }) => path !== file && shadows.has(path));
  if (shadow !== undefined) throw handlerShadowed(planned.fn.name, shadow.path, file);
}
