import { repositoryOf } from "@sluice/artifact";
import type { LockedPackage } from "../lockfile/locked-package.ts";
import { createClient, type RegistryClient } from "./client.ts";
import {
  integrityMismatch,
  packageInvalid,
  packageNotFound,
  packageNotOfRegistry,
  registryDenied,
  registryUnreachable,
} from "./errors.ts";
import { hasIntegrity, type Integrity, integrityOf, parseIntegrity } from "./integrity.ts";
import type { Environment } from "./npmrc.ts";
import { keepTarball, notedIntegrity, noteIntegrity, readTarball } from "./package-cache.ts";
import { type Distribution, distributionOf, PACKUMENT_TYPE } from "./packument.ts";
import { authorizationFor, conventionalUrl, packumentUrl, registryOf, resolvedUrl } from "./registry.ts";
import { type RegistrySettings, readSettings } from "./settings.ts";
import { type PackageFile, unpack } from "./tarball.ts";

export type { PackageFile } from "./tarball.ts";

/** What is fetched. */
export type Fetchable = Pick<LockedPackage, "name" | "version" | "integrity" | "tarball">;

export interface FetchOptions {
  /** Absolute path of the project: its `.npmrc` and `.yarnrc.yml`, and those above it in the repository, are read. */
  readonly root: string;
  readonly env: Environment;
  /** Absolute path of the folder where tarballs are kept by their integrity. */
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
  /** Told when a package is checked against the registry's integrity, since the lockfile has none. */
  readonly notice?: (message: string) => void;
}

/** One fetch, with what it needs at every step. */
interface Request {
  readonly wanted: Fetchable;
  readonly options: FetchOptions;
  readonly settings: RegistrySettings;
  readonly registry: string;
  readonly client: RegistryClient;
}

/** The body, or `null` for 404. */
async function bodyOf(request: Request, url: string, accept: string): Promise<Uint8Array | null> {
  const { wanted, settings, registry, client } = request;
  const authorization = authorizationFor(settings, registry, url);
  const headers = { accept, ...(authorization === null ? {} : { authorization }) };
  const answer = await client.get(url, headers);
  if (answer.status === null)
    throw registryUnreachable(wanted, url, answer.reason, answer.attempts, answer.cause);
  if (answer.status === 404) return null;
  if (answer.status === 401 || answer.status === 403)
    throw registryDenied(wanted, url, answer.status, authorization !== null, settings.unset);
  if (answer.status !== 200)
    throw registryUnreachable(wanted, url, `it answered ${answer.status}`, 1, undefined);
  return answer.bytes;
}

async function distribution(request: Request): Promise<Distribution> {
  const { wanted, registry } = request;
  const url = packumentUrl(registry, wanted.name);
  const packument = await bodyOf(request, url, PACKUMENT_TYPE);
  if (packument === null) throw packageNotFound(wanted, url, "answered 404");
  const found = distributionOf(packument, wanted.version);
  if (found === null) throw packageNotFound(wanted, url, "lists no such version");
  return found;
}

/** The tarball, unchecked, and where it came from. */
async function download(
  request: Request,
  known: Distribution | null,
): Promise<{ readonly bytes: Uint8Array; readonly url: string }> {
  const { wanted, settings, registry } = request;
  const placed = known?.tarball ?? wanted.tarball;
  const first = placed ?? conventionalUrl(registry, wanted.name, wanted.version);
  const url = resolvedUrl(settings, registry, first);
  const bytes = await bodyOf(request, url, "*/*");
  if (bytes !== null) return { bytes, url };
  // Some registries keep tarballs elsewhere, and their packument says where.
  const other = known === null ? (await distribution(request)).tarball : null;
  const next = other === null ? url : resolvedUrl(settings, registry, other);
  const found = next === url ? null : await bodyOf(request, next, "*/*");
  if (found === null) throw packageNotFound(wanted, next, "answered 404");
  return { bytes: found, url: next };
}

/** The tarball, of the expected integrity, which is that of the lockfile or, failing that, of the registry. */
async function checked(request: Request, locked: readonly Integrity[]): Promise<Uint8Array> {
  const { wanted, options, registry } = request;
  const isLocked = locked.length > 0;
  const dist = isLocked ? null : await distribution(request);
  const expected = dist === null ? locked : parseIntegrity(dist.integrity ?? "");
  const [strongest] = expected;
  if (strongest === undefined) throw packageNotOfRegistry(wanted, true);
  if (!isLocked)
    options.notice?.(
      "The lockfile has no integrities, as yarn's from version 2 on: what is fetched is checked against the registry's.",
    );
  const { bytes, url } = await download(request, dist);
  if (!hasIntegrity(bytes, expected)) {
    const which = isLocked ? "the lockfile" : "the registry's own metadata";
    const shown = `${strongest.algorithm}-${strongest.digest}`;
    throw integrityMismatch(wanted, url, which, shown, integrityOf(bytes, strongest.algorithm));
  }
  await keepTarball(options.cacheFolder, expected, bytes);
  if (dist?.integrity != null)
    await noteIntegrity(options.cacheFolder, registry, wanted.name, wanted.version, dist.integrity);
  return bytes;
}

/** Downloads under way, so that functions built at once share them. */
const underWay = new Map<string, Promise<Uint8Array>>();

async function tarballOf(wanted: Fetchable, options: FetchOptions): Promise<Uint8Array> {
  const settings = readSettings(options.root, repositoryOf(options.root), options.env);
  const registry = registryOf(settings, wanted.name);
  const { cacheFolder, env, signal } = options;
  const locked = parseIntegrity(wanted.integrity ?? "");
  const noted =
    locked.length > 0 ? null : await notedIntegrity(cacheFolder, registry, wanted.name, wanted.version);
  const kept = await readTarball(cacheFolder, noted === null ? locked : parseIntegrity(noted));
  if (kept !== null) return kept;
  const client = await createClient(settings, env, signal);
  try {
    return await checked({ wanted, options, settings, registry, client }, locked);
  } finally {
    await client.close();
  }
}

/**
 * The files of a locked package, sorted by path and without the tarball's first folder: from the cache, else from the registry that
 * npm, pnpm or yarn are configured with. Nothing is used whose integrity was not checked: against the lockfile's, or where
 * that has none against the registry's. Links in the tarball are left out.
 *
 * @throws SLUICE_PACKAGE_INTEGRITY, SLUICE_PACKAGE_NOT_FOUND, SLUICE_PACKAGE_INVALID, SLUICE_REGISTRY_DENIED,
 * SLUICE_REGISTRY_UNREACHABLE, SLUICE_REGISTRY_SETTINGS; the signal's reason when cancelled
 */
export async function fetchPackage(
  wanted: Fetchable,
  options: FetchOptions,
): Promise<readonly PackageFile[]> {
  if (!/^\d+\.\d+\.\d+/.test(wanted.version) && wanted.tarball === null)
    throw packageNotOfRegistry(wanted, false);
  const key = JSON.stringify([
    options.root,
    options.cacheFolder,
    wanted.name,
    wanted.version,
    wanted.integrity,
  ]);
  const shared = underWay.get(key) ?? tarballOf(wanted, options).finally(() => underWay.delete(key));
  underWay.set(key, shared);
  const tarball = await shared;
  return unpack(tarball, (reason, cause) => packageInvalid(wanted, reason, cause));
}
