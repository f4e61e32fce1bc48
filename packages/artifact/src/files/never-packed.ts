/**
 * What no glob and no folder brings into a deployment package, because it is a secret or never code. Each rule is for a
 * path with forward slashes. A file that is named exactly among the assets is packed all the same.
 */
const RULES: readonly RegExp[] = [
  /(^|\/)\.env[^/]*$/i,
  /(^|\/)\.(npmrc|yarnrc|yarnrc\.yml|netrc|pypirc|git-credentials|pgpass|htpasswd)$/i,
  /(^|\/)id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /\.(pem|key|p8|p12|pfx|ppk|jks|keystore|tfstate)$/i,
  /(^|\/)\.(git|hg|svn|aws|azure|docker|gnupg|kube|ssh|sluice)(\/|$)/i,
  /(^|\/)node_modules\/\.cache(\/|$)/,
];

export function isNeverPacked(path: string): boolean {
  return RULES.some((rule) => rule.test(path));
}

/** A notice about what a ready zip holds, which is taken as it is; `null` when there is nothing to say. */
export function holdsNotice(functionName: string, zip: string, paths: readonly string[]): string | null {
  const kept = paths.filter(isNeverPacked);
  if (kept.length === 0) return null;
  return `${functionName}: ${zip} holds what is never packed from folders, as secrets and caches: ${listed(kept)}. Make it without, unless that is on purpose.`;
}

function listed(paths: readonly string[]): string {
  return paths.slice(0, 5).join(", ") + (paths.length > 5 ? ` and ${paths.length - 5} more` : "");
}

/**
 * A notice about what was left out, or `null` when nothing was.
 *
 * @param folder - what the package is made of, when it is a folder: its files stand at another place in the package than in the
 * repository
 */
export function leftOutNotice(
  functionName: string,
  paths: readonly string[],
  folder: string | null,
): string | null {
  const [first] = paths;
  if (first === undefined) return null;
  const file = paths.find((path) => !path.endsWith("/")) ?? first;
  const within = folder === null ? "" : `${folder}/`;
  const to = within !== "" && file.startsWith(within) ? file.slice(within.length) : file;
  const asset = to === file ? `"${file}"` : `{ from: "${file}", to: "${to}" }`;
  return `${functionName}: not packed, as secrets and caches never are: ${listed(paths)}. To pack one on purpose, name it exactly: assets: [${asset}].`;
}
