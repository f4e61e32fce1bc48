/**
 * The few operations on a bucket that Sluice needs. `@sluice/aws` gives one over S3; a store takes whichever it is
 * given, so that it needs no SDK.
 */
export interface ObjectStorage {
  readonly bucket: string;
  /** Size in bytes and base64 SHA-256 of an object, or `null` when there is none. */
  head(key: string): Promise<{ readonly sizeBytes: number; readonly checksumSha256: string | null } | null>;
  /** The object's bytes, or `null` when there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /**
   * Writes the object unless one is there (`If-None-Match: *`), with its SHA-256 sent along for the service to verify.
   */
  putIfAbsent(
    key: string,
    body: Uint8Array,
    options?: { readonly contentType?: string },
  ): Promise<"created" | "exists">;
}
