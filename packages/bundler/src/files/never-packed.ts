/**
 * What no glob and no folder brings into a deployment package, because it is a secret or never code. Each rule is for a
 * path with forward slashes. A file that is named exactly among the assets is packed all the same.
 */
const RULES: readonly RegExp[] = [
  /(^|\/)\.env[^/]*$/,
  /(^|\/)\.(npmrc|yarnrc\.yml|netrc|pypirc|git-credentials)$/,
  /(^|\/)(id_rsa|id_dsa|id_ecdsa|id_ed25519)$/,
  /\.(pem|key|p12|pfx|jks|keystore)$/i,
  /(^|\/)\.(git|hg|svn|aws|ssh|sluice)(\/|$)/,
  /(^|\/)node_modules\/\.cache(\/|$)/,
];

export function isNeverPacked(path: string): boolean {
  return RULES.some((rule) => rule.test(path));
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
  const named = paths.slice(0, 5).join(", ") + (paths.length > 5 ? ` and ${paths.length - 5} more` : "");
  const file = paths.find((path) => !path.endsWith("/")) ?? first;
  const within = folder === null ? "" : `${folder}/`;
  const to = within !== "" && file.startsWith(within) ? file.slice(within.length) : file;
  const asset = to === file ? `"${file}"` : `{ from: "${file}", to: "${to}" }`;
  return `${functionName}: not packed, as secrets and caches never are: ${named}. To pack one on purpose, name it exactly: assets: [${asset}].`;
}
