/**
 * JSON of a text with the comments and trailing commas that people and bun write into theirs; what stands in strings stays. Lines stay
 * where they are, unless a comment goes over several.
 */
export function plainJson(text: string): string {
  return text
    .replace(/^\uFEFF/, "")
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, kept?: string) => kept ?? "")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, kept?: string) => kept ?? "");
}
