/** Where the collected texts stand in a deployment package. */
export const LICENSES_FILE = "THIRD-PARTY-LICENSES.txt";

/** A package whose licence has to go along. */
export interface LicensedTexts {
  readonly name: string;
  readonly version: string | null;
  /** What the package says of its licence, an SPDX expression mostly; `null` when it says nothing. */
  readonly license: string | null;
  readonly texts: readonly string[];
}

const RULE = "-".repeat(80);

function titleOf({ name, version, license }: LicensedTexts): string {
  return `${name}${version === null ? "" : ` ${version}`} (${license ?? "no licence named"})`;
}

function sortedTitles(titles: Iterable<string>): string[] {
  return [...new Set(titles)].sort();
}

/**
 * Puts licence texts into one file: each text once, under the names of all that have it, in code-unit order. Packages without a text
 * are named with what they say of their licence.
 */
export function licenseDocument(packages: readonly LicensedTexts[]): Uint8Array {
  const titlesOf = new Map<string, string[]>();
  const without: string[] = [];
  for (const found of packages) {
    if (found.texts.length === 0) without.push(titleOf(found));
    for (const text of found.texts) {
      const plain = text
        .replace(/^\uFEFF/, "")
        .replace(/\r\n?/g, "\n")
        .replace(/[ \t]+$/gm, "")
        .trim();
      titlesOf.set(plain, [...(titlesOf.get(plain) ?? []), titleOf(found)]);
    }
  }
  const sections = [...titlesOf].map(([text, titles]) => `${sortedTitles(titles).join("\n")}\n\n${text}\n`);
  sections.sort();
  if (without.length > 0)
    sections.push(`Without a licence text of their own:\n\n${sortedTitles(without).join("\n")}\n`);
  const head = "Licences of the packages in this deployment package\n";
  return Buffer.from([head, ...sections].join(`\n${RULE}\n\n`));
}
