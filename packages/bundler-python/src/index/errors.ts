import { type SluiceError, usageError } from "@sluice/core";

/** A URL as it may be shown: without user, password and query, which may hold credentials. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return "an invalid URL";
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

const WAYS_TO_IN =
  "in the index's URL (https://USER:PASSWORD@…), as UV_INDEX_NAME_USERNAME and UV_INDEX_NAME_PASSWORD for a named index, or in ~/.netrc; keyring is not asked";

/** `what`: for people, as `numpy-2.5.5-cp313-….whl`. `attempts`: how often it was tried. */
export function indexUnreachable(
  what: string,
  url: string,
  reason: string,
  attempts: number,
  cause: unknown,
): SluiceError {
  const times = `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
  return usageError(
    "SLUICE_PYTHON_INDEX_UNREACHABLE",
    `${what} could not be fetched from ${shownUrl(url)}: ${reason.trim().replace(/:?\s*\n[\s\S]*$/, "")} (${times}).`,
    "Check the network, HTTPS_PROXY and NO_PROXY, the authorities in SSL_CERT_FILE or PIP_CERT, and the index that is configured (PIP_INDEX_URL, UV_DEFAULT_INDEX, pip.conf, uv.toml). What was fetched once stays in the cache.",
    what,
    cause,
  );
}

export function indexDenied(what: string, url: string, status: number, hadCredentials: boolean): SluiceError {
  const { host } = new URL(url);
  return usageError(
    "SLUICE_PYTHON_INDEX_DENIED",
    `${host} answered ${status} for ${what} (${shownUrl(url)}), ${hadCredentials ? "with" : "without"} credentials.`,
    hadCredentials
      ? `Renew the credentials for ${host}, and let them read this package: they are given ${WAYS_TO_IN}.`
      : `Give credentials for ${host}: ${WAYS_TO_IN}.`,
    what,
  );
}

/** The index does not have a file that was resolved or locked, or a folder has lost it. */
export function fileGone(what: string, place: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_FILE_GONE",
    `${what} is not at ${place} any more.`,
    "Lock or resolve anew, so that a file which exists is chosen; some indexes answer 404 where credentials are missing or may not read.",
    what,
  );
}

/** `expected` and `found`: hexadecimal. */
export function hashMismatch(what: string, place: string, expected: string, found: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_HASH_MISMATCH",
    `What ${place} gave for ${what} is not what was locked or listed: expected sha256 ${expected}, got ${found}. It was not used.`,
    "Find out who changed it: the index, a mirror or a proxy may give another file under the same name. If the lock is wrong, lock anew and commit it.",
    what,
  );
}

/** `file`: where the setting stands, a file or a variable. */
export function settingsInvalid(file: string, reason: string, cause?: unknown): SluiceError {
  return usageError(
    "SLUICE_PYTHON_INDEX_SETTINGS",
    `The settings of package indexes cannot be used: ${reason}.`,
    "Correct them; `pip config debug` shows which files pip reads, and uv's are uv.toml and [tool.uv] of pyproject.toml.",
    file,
    cause,
  );
}

const DISK_FULL: readonly string[] = ["ENOSPC", "EDQUOT"];

/** The cache cannot be written. `place`: its folder. */
export function cacheUnusable(place: string, cause: unknown): SluiceError {
  const code = (cause as { code?: unknown } | null)?.code;
  const isFull = typeof code === "string" && DISK_FULL.includes(code);
  const reason = isFull ? "the disk is full" : cause instanceof Error ? cause.message : String(cause);
  return usageError(
    "SLUICE_PYTHON_CACHE_UNUSABLE",
    `Wheels cannot be kept in ${place}: ${reason}.`,
    isFull
      ? "Make room there; everything in the cache may be deleted."
      : "Let this user write there; everything in the cache may be deleted.",
    place,
    cause,
  );
}
