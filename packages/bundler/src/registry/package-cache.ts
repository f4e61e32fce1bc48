import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasIntegrity, type Integrity } from "./integrity.ts";

/** Where a tarball of this integrity is kept: `sha512/ab/cdef….tgz`. */
function tarballPath(folder: string, { algorithm, digest }: Integrity): string {
  const hex = Buffer.from(digest, "base64").toString("hex");
  return join(folder, algorithm, hex.slice(0, 2), `${hex.slice(2)}.tgz`);
}

/** The tarball, if it is there and still what it was; `null` otherwise. */
export async function readTarball(
  folder: string,
  expected: readonly Integrity[],
): Promise<Uint8Array | null> {
  for (const one of expected) {
    const bytes = await readFile(tarballPath(folder, one)).catch(() => null);
    if (bytes !== null && hasIntegrity(bytes, [one])) return bytes;
  }
  return null;
}

/** Writes whole or not at all, whatever other processes do; a cache that cannot be written costs another fetch alone. */
async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, content, { flag: "wx" });
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

export async function keepTarball(
  folder: string,
  expected: readonly Integrity[],
  bytes: Uint8Array,
): Promise<void> {
  const match = expected.find((one) => hasIntegrity(bytes, [one]));
  if (match !== undefined) await writeWhole(tarballPath(folder, match), bytes);
}

/** Where the integrity is kept that a registry named for a version: registries do not let a version be published twice. */
function notePath(folder: string, registry: string, name: string, version: string): string {
  const key = createHash("sha256")
    .update(JSON.stringify([registry, name, version]))
    .digest("hex");
  return join(folder, "integrity", key);
}

export async function notedIntegrity(
  folder: string,
  registry: string,
  name: string,
  version: string,
): Promise<string | null> {
  return await readFile(notePath(folder, registry, name, version), "utf8").catch(() => null);
}

export async function noteIntegrity(
  folder: string,
  registry: string,
  name: string,
  version: string,
  integrity: string,
): Promise<void> {
  await writeWhole(notePath(folder, registry, name, version), integrity);
}
