/** A platform in a name, as in `@img/sharp-linuxmusl-arm64`, `@esbuild/linux-x64` or `argon2-linux-x64-gnu`. */
const PLATFORM =
  /[-/]?(?:linux(?:musl)?|darwin|win32|android|freebsd)[-_](?:musl[-_])?(?:x64|arm64|arm|ia32|64|x86_64|aarch64).*$/;

/**
 * What a native file belongs to: the package that it is installed with, named without its platform, so that the parts of one
 * package for each platform count as one; `""` for files of the function's own.
 */
export function familyOf(path: string): string {
  const match = /^(.*node_modules\/)((?:@[^/]+\/)?[^/]+)\//.exec(path);
  if (match === null) return "";
  return `${match[1]}${(match[2] ?? "").replace(PLATFORM, "")}`;
}
