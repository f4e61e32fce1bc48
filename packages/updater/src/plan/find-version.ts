import { type Caller, call } from "../call.ts";

/**
 * The newest function version, if it has this code, by ListVersionsByFunction; else `null`. An older version with the code does
 * not do: it may have the configuration of its time. Lambda lists the oldest first, so every page is read.
 *
 * @param codeSha256 - base64, as AWS gives it
 */
export async function findVersion(caller: Caller, codeSha256: string): Promise<string | null> {
  let newest = { number: 0, codeSha256: "" };
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
    for (const { Version: version, CodeSha256: found = "" } of page.Versions ?? []) {
      // $LATEST is listed too, and is no number.
      const number = Number(version);
      if (number > newest.number) newest = { number, codeSha256: found };
    }
    marker = page.NextMarker || undefined;
  } while (marker !== undefined);
  return newest.codeSha256 === codeSha256 ? String(newest.number) : null;
}
