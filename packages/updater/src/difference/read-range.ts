/** Milliseconds for a part of a zip. */
const TIMEOUT = 20_000;

/**
 * Reads bytes of what is at a URL (RFC 9110, section 14), whatever its server makes of ranges. The URL may hold a signature: it
 * stands in no error.
 *
 * @param to - the offset after the last byte
 */
export async function readRange(
  url: string,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const response = await fetch(url, {
    headers: { range: `bytes=${from}-${to - 1}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
  });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isPart = response.status === 206;
  const part = isPart ? bytes : bytes.subarray(from, to);
  if (part.length !== to - from) throw new Error(`it gave ${part.length} bytes instead of ${to - from}`);
  return part;
}
