import { type Caller, call } from "../call.ts";

/** A published function version, as lists tell of it. */
export interface ListedVersion {
  readonly number: number;
  /** Base64, as AWS gives it. */
  readonly codeSha256: string;
  /** Empty without one. */
  readonly description: string;
}

/** Every published function version by ListVersionsByFunction, the newest first. */
export async function listVersions(caller: Caller): Promise<readonly ListedVersion[]> {
  const found: ListedVersion[] = [];
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
    for (const { Version, CodeSha256 = "", Description = "" } of page.Versions ?? []) {
      // $LATEST is listed too, and is no number.
      const number = Number(Version);
      if (number > 0) found.push({ number, codeSha256: CodeSha256, description: Description });
    }
    marker = page.NextMarker || undefined;
  } while (marker !== undefined);
  return found.sort((one, other) => other.number - one.number);
}

/**
 * The newest function version that callers may have had before: below the live one, with other code.
 *
 * @param live - its number, `null` for `$LATEST`; and its code, `null` when it is not known
 */
export function newestBelow(
  versions: readonly ListedVersion[],
  live: { readonly number: number | null; readonly codeSha256: string | null },
): ListedVersion | null {
  const below = versions.filter(({ number }) => live.number === null || number < live.number);
  return below.find(({ codeSha256 }) => codeSha256 !== live.codeSha256) ?? null;
}
