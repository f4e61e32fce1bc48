import { nodeMajor } from "../node/options.ts";

/** `process.versions.modules` of each Node.js major (nodejs/node, `doc/abi_version_registry.json`). */
const MODULE_VERSIONS: Readonly<Record<number, number>> = { 16: 93, 18: 108, 20: 115, 22: 127, 24: 137 };

/** What an addon that uses V8 by itself registers with, by the macro `NODE_MODULE`; those on Node-API have another. */
const REGISTER = "node_register_module_v";

/**
 * Why an addon cannot be loaded by a runtime's Node.js, in words that go on after `is`; `null` when it can, or when it is made
 * for every version.
 *
 * @param runtime - Lambda runtime identifier
 */
export function addonMisfit(bytes: Uint8Array, runtime: string): string | null {
  const wanted = MODULE_VERSIONS[nodeMajor(runtime) ?? 0];
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = wanted === undefined ? -1 : source.indexOf(REGISTER);
  if (at < 0) return null;
  const version = /^\d+/.exec(source.toString("latin1", at + REGISTER.length, at + REGISTER.length + 5))?.[0];
  if (version === undefined || Number(version) === wanted) return null;
  const major = Object.entries(MODULE_VERSIONS).find(([, found]) => found === Number(version))?.[0];
  return `built for ${major === undefined ? "another Node.js" : `Node.js ${major}`} (module version ${version}; ${runtime} has ${wanted})`;
}
