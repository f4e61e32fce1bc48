/** `name@version`, or the name alone where the version is not known. */
export function labelOf(of: { readonly name: string; readonly version: string | null }): string {
  return of.version === null ? of.name : `${of.name}@${of.version}`;
}
