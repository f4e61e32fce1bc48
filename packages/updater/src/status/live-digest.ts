import { codeSha256ToDigest, isDigest } from "@sluice/artifact";
import { type Digest, isSluiceError } from "@sluice/core";

/**
 * The digest of live code by its CodeSha256: base64 of a zip's hash; of an image, the digest's hexadecimal digits.
 *
 * @returns `null` for what is neither
 */
export function liveDigest(codeSha256: string | null): Digest | null {
  if (codeSha256 === null) return null;
  const ofImage = `sha256:${codeSha256}`;
  if (isDigest(ofImage)) return ofImage;
  try {
    return codeSha256ToDigest(codeSha256);
  } catch (error) {
    if (isSluiceError(error)) return null;
    throw error;
  }
}
