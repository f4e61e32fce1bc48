import { type Caller, call } from "./call.ts";

/**
 * The newest function version that has this code, by ListVersionsByFunction, or `null`. Lambda lists the oldest first, so
 * every page is read.
 *
 * @param codeSha256 - base64, as AWS gives it
 */
export async function findVersion(caller: Caller, codeSha256: string): Promise<string | null> {
  let newest: number | null = null;
  let marker: string | undefined;
  do {
    const input = {
      FunctionName: caller.target.target,
      MaxItems: 50,
      ...(marker === undefined ? {} : { Marker: marker }),
    };
    const page = await call(caller, "ListVersionsByFunction", (lambda, calls) =>
      lambda.listVersionsByFunction(input, calls),
    );
    for (const { Version: version, CodeSha256: found } of page.Versions ?? []) {
      // $LATEST is listed too, and is no number.
      const number = Number(version);
      if (found === codeSha256 && number > (newest ?? 0)) newest = number;
    }
    marker = page.NextMarker || undefined;
  } while (marker !== undefined);
  return newest === null ? null : String(newest);
}
