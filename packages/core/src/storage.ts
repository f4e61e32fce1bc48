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
  putIfAbsent(key: string, body: Uint8Array, options?: ObjectPutOptions): Promise<"created" | "exists">;
  /** The object's bytes with its entity tag, or `null` when there is none. */
  getTagged(key: string): Promise<TaggedObject | null>;
  /**
   * Replaces the object only while it has this entity tag (`If-Match`).
   *
   * @returns the new entity tag, or `null` when the object was changed or deleted meanwhile
   */
  replace(key: string, body: Uint8Array, etag: string, options?: ObjectPutOptions): Promise<string | null>;
  /** Keys below a prefix in lexical order, `limit` at most. */
  list(prefix: string, limit: number): Promise<readonly string[]>;
}

export interface ObjectPutOptions {
  readonly contentType?: string;
  /** ARN of the KMS key that the service encrypts the object with (SSE-KMS); without one, with what the bucket says. */
  readonly kmsKey?: string;
}

export interface TaggedObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  /**
   * Milliseconds since it was written, by the service's own clock, to the second; missing where the service does not tell. So
   * nobody has to trust the clock of a machine.
   */
  readonly ageMs?: number;
}
