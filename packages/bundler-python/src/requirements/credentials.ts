import type { Reading } from "./reading.ts";

const USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/)([^\s/@]+)@/gi;

/** The same text without what stands before the `@` of addresses: a password, or a token that is given as a user's name. */
export function withoutCredentials(text: string): string {
  return text.replace(USERINFO, "$1");
}

/** Remembers what in `text` must never be printed. */
export function keepSecrets(reading: Reading, text: string): void {
  for (const [, , userinfo] of text.matchAll(USERINFO)) {
    const [username = "", password = ""] = (userinfo ?? "").split(/:(.*)/s);
    const secret = password === "" ? username : password;
    // The user's name that every git address over SSH has is no secret.
    if (secret === "" || secret === "git") continue;
    reading.secrets.add(secret);
    reading.secrets.add(decoded(secret));
  }
}

function decoded(secret: string): string {
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret;
  }
}

/** Remembers an index, and what is secret in its address. */
export function keepIndex(reading: Reading, url: string): void {
  keepSecrets(reading, url);
  reading.indexes.add(url);
}

/** The address with a user's name and password that are given elsewhere, unless it has its own. */
export function withCredentials(url: string, username: string, password: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.username !== "") return url;
  const [scheme] = url.split("://", 1);
  return `${scheme}://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${url.slice(`${scheme}://`.length)}`;
}
