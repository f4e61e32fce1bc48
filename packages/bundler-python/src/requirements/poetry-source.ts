import { keepIndex, keepSecrets, withCredentials } from "./credentials.ts";
import { fileUrl, findLocal } from "./local.ts";
import { type LockedIndexes, PYPI } from "./locked.ts";
import type { PoetryPackage } from "./poetry-package.ts";
import type { Reading } from "./reading.ts";
import { textOf } from "./toml.ts";

/**
 * Where a package comes from that no index has.
 *
 * @param folder - absolute path of the lockfile's folder
 * @returns `null` for one of an index
 */
export async function urlOf(
  reading: Reading,
  folder: string,
  label: string,
  { name, source }: PoetryPackage,
): Promise<string | null> {
  const url = textOf(source?.["url"]) ?? "";
  const type = textOf(source?.["type"]);
  const subdirectory = textOf(source?.["subdirectory"]);
  const fragment = subdirectory === null ? "" : `#subdirectory=${subdirectory}`;
  if (type === "directory" || type === "file") {
    const { path } = await findLocal(reading, url, [folder], `${label}: ${name}`);
    return `${fileUrl(path)}${fragment}`;
  }
  if (type === "git") {
    keepSecrets(reading, url);
    const revision = textOf(source?.["resolved_reference"]) ?? textOf(source?.["reference"]) ?? "HEAD";
    return `git+${asAddress(url)}@${revision}${fragment}`;
  }
  if (type !== "url") return null;
  keepSecrets(reading, url);
  return url;
}

/** `git@host:path`, as Git takes it, for tools that want an address. */
function asAddress(url: string): string {
  const [, host, path] = /^([^/:]+@[^/:]+):(?!\/\/)(.*)$/.exec(url) ?? [];
  return host === undefined ? url : `ssh://${host}/${path}`;
}

/** Indexes that the packages come from, with the credentials that Poetry would find in the environment. */
export function indexesOf(reading: Reading, packages: readonly PoetryPackage[]): LockedIndexes {
  const named = packages.filter(({ source }) => source?.["type"] === "legacy");
  const urls = named.map(({ source }) => {
    const url = authenticated(reading, textOf(source?.["url"]) ?? "", textOf(source?.["reference"]) ?? "");
    if (!PYPI.test(url)) keepIndex(reading, url);
    return url;
  });
  // A lockfile without a package of PyPI is one of a project that replaced it.
  const onlyThese = named.length > 0 && packages.every(({ source }) => source !== null);
  return { indexes: [...new Set(urls)].sort(), onlyThese, trustedHosts: [] };
}

/** `POETRY_HTTP_BASIC_FOO_USERNAME` and `…_PASSWORD` for the source `foo` (Poetry, "Configuring credentials"). */
function authenticated(reading: Reading, url: string, reference: string): string {
  const name = reference.toUpperCase().replace(/[-.]/g, "_");
  const { env } = reading.run.context;
  const username = env[`POETRY_HTTP_BASIC_${name}_USERNAME`];
  const password = env[`POETRY_HTTP_BASIC_${name}_PASSWORD`] ?? "";
  return username === undefined ? url : withCredentials(url, username, password);
}
