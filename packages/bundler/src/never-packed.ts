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

/** A notice about what was left out, or `null` when nothing was. */
export function leftOutNotice(functionName: string, paths: readonly string[]): string | null {
  if (paths.length === 0) return null;
  const named = paths.slice(0, 5).join(", ") + (paths.length > 5 ? ` and ${paths.length - 5} more` : "");
  return `${functionName}: not packed, as secrets and caches never are: ${named}. Name a file exactly in assets to pack it on purpose.`;
}
