import { type SluiceError, usageError } from "@sluice/core";
import { shownUrl } from "./url.ts";

/** A package as messages name it: `sharp@0.33.5`. */
interface Named {
  readonly name: string;
  readonly version: string;
}

function named({ name, version }: Named): string {
  return `${name}@${version}`;
}

const INSTALL = "or install the package for the target, so that it need not be fetched";

/** `which`: where the expected integrity comes from, for people. */
export function integrityMismatch(
  one: Named,
  url: string,
  which: string,
  expected: string,
  found: string,
): SluiceError {
  return usageError(
    "SLUICE_PACKAGE_INTEGRITY",
    `What ${shownUrl(url)} gave for ${named(one)} is not what ${which} says: expected ${expected}, got ${found}. It was not used.`,
    "Find out who changed it: the registry or a proxy may give another file under the same version. If the lockfile is wrong, install anew and commit it.",
    named(one),
  );
}

/** `unset`: variables that the settings refer to and the environment does not have. */
export function registryDenied(
  one: Named,
  url: string,
  status: number,
  hadCredentials: boolean,
  unset: readonly string[],
): SluiceError {
  const host = new URL(url).host;
  const missing =
    unset.length > 0
      ? ` Not set, though the settings refer to it: ${unset.map((name) => `$${name}`).join(", ")}.`
      : "";
  return usageError(
    "SLUICE_REGISTRY_DENIED",
    `The registry answered ${status} for ${named(one)} (${shownUrl(url)}), ${hadCredentials ? "with" : "without"} credentials.${missing}`,
    hadCredentials
      ? `Renew the token for //${host}/ in .npmrc or the environment, and let it read this package.`
      : `Give //${host}/:_authToken in .npmrc (\${NPM_TOKEN} takes it from the environment), ${INSTALL}.`,
    named(one),
  );
}

export function packageNotFound(one: Named, url: string, reason: string): SluiceError {
  return usageError(
    "SLUICE_PACKAGE_NOT_FOUND",
    `The registry does not have ${named(one)}: ${shownUrl(url)} ${reason}.`,
    "Set the registry of its scope in .npmrc (@scope:registry=…) if it is another; some answer 404 where a token is missing or may not read.",
    named(one),
  );
}

/** A package that was locked from git, a folder or a file. */
export function packageNotOfRegistry(one: Named, integrityToo: boolean): SluiceError {
  return usageError(
    "SLUICE_PACKAGE_NOT_FOUND",
    `${named(one)} is locked without ${integrityToo ? "an integrity that can be checked" : "a version of a registry"}, so it cannot be fetched.`,
    "Install the package for the target machine, or depend on a version that a registry has.",
    named(one),
  );
}

/** `attempts`: how often it was tried. */
export function registryUnreachable(
  one: Named,
  url: string,
  reason: string,
  attempts: number,
  cause: unknown,
): SluiceError {
  return usageError(
    "SLUICE_REGISTRY_UNREACHABLE",
    `${named(one)} could not be fetched from ${shownUrl(url)}: ${reason} (${attempts} ${attempts === 1 ? "attempt" : "attempts"}).`,
    `Check registry, proxy and cafile in .npmrc and HTTPS_PROXY, ${INSTALL}. What was fetched once stays in the cache.`,
    named(one),
    cause,
  );
}

export function packageInvalid(one: Named, reason: string, cause?: unknown): SluiceError {
  return usageError(
    "SLUICE_PACKAGE_INVALID",
    `The tarball of ${named(one)} cannot be used: ${reason}.`,
    "Its integrity is right, so it was published like this: take another version.",
    named(one),
    cause,
  );
}

/** `file`: where the setting stands. */
export function settingsInvalid(file: string, reason: string, cause?: unknown): SluiceError {
  return usageError(
    "SLUICE_REGISTRY_SETTINGS",
    `The registry's settings cannot be used: ${reason}.`,
    "Correct them; npm config list (yarn config) shows where each comes from.",
    file,
    cause,
  );
}
