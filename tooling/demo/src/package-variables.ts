/** Where packages come from and are kept: indexes, proxies, certificates, caches. */
const NAMES = /^(?:PIP_|UV_|SSL_CERT|NODE_EXTRA|SLUICE_(?:LOCAL_)?CACHE$|HTTPS?_PROXY$|NO_PROXY$)/i;

/** What a CI job needs of this machine's environment, so that it reaches the package indexes that this machine reaches. */
export function packageVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      NAMES.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
