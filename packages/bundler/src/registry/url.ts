/** A URL as it may be shown: without user, password and query, which may hold credentials. */
export function shownUrl(url: string): string {
  try {
    const { origin, pathname } = new URL(url);
    return origin + pathname;
  } catch {
    return "an invalid URL";
  }
}

/** With exactly one slash at its end, so that what follows is below it. */
export function asFolder(url: string): string {
  return `${url.replace(/\/+$/, "")}/`;
}
