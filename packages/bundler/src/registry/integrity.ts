import { createHash } from "node:crypto";

/** Subresource integrity: an algorithm and its digest in base64. */
export interface Integrity {
  readonly algorithm: "sha512" | "sha384" | "sha256" | "sha1";
  readonly digest: string;
}

/** Strongest first. SHA-1 is all that old versions in lockfiles have. */
const ALGORITHMS = ["sha512", "sha384", "sha256", "sha1"] as const;

/**
 * The hashes of the strongest algorithm in an integrity (W3C, "Subresource Integrity", 3.3.4); empty when it names none that
 * is known.
 */
export function parseIntegrity(text: string): readonly Integrity[] {
  const all = text.split(/\s+/).flatMap((part): Integrity[] => {
    const [, name, digest] = /^(\w+)-([A-Za-z0-9+/]+={0,2})(?:\?.*)?$/.exec(part) ?? [];
    const algorithm = ALGORITHMS.find((known) => known === name);
    return algorithm === undefined || digest === undefined ? [] : [{ algorithm, digest }];
  });
  const strongest = ALGORITHMS.find((name) => all.some(({ algorithm }) => algorithm === name));
  return all.filter(({ algorithm }) => algorithm === strongest);
}

export function integrityOf(bytes: Uint8Array, algorithm: Integrity["algorithm"]): string {
  return `${algorithm}-${createHash(algorithm).update(bytes).digest("base64")}`;
}

/** Whether the bytes have one of the hashes. */
export function hasIntegrity(bytes: Uint8Array, expected: readonly Integrity[]): boolean {
  return expected.some(({ algorithm, digest }) => integrityOf(bytes, algorithm) === `${algorithm}-${digest}`);
}
