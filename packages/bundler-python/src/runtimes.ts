import { type ResolvedFunction, type SluiceError, usageError } from "@sluice/core";

/** Minor versions of Python that functions are bundled for: what uv resolves for, up to the newest runtime in service. */
const OLDEST = 8;
const NEWEST = 14;

function runtimeUnknown({ name, runtime }: ResolvedFunction): SluiceError {
  const [, minor] = /^python-?3[.-]?(\d{1,2})(?:\D|$)/i.exec(runtime) ?? [];
  const known = Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => `python3.${OLDEST + index}`);
  const meant = known.find((each) => each === `python3.${minor}`);
  return usageError(
    "SLUICE_PYTHON_RUNTIME_UNKNOWN",
    `The function ${name} has the runtime ${runtime}, which Python functions are not bundled for.`,
    meant === undefined ? `Sluice bundles for ${known[0]} to ${known.at(-1)}.` : `Did you mean ${meant}?`,
    `functions.${name}.runtime`,
  );
}

/**
 * @returns what to tell people of a runtime that is newer than this version of Sluice; `null`: nothing
 * @throws `SLUICE_PYTHON_RUNTIME_UNKNOWN` for what is no runtime of Python, or one that left service long ago
 */
export function reviewRuntime(fn: ResolvedFunction): string | null {
  const minor = Number(/^python3\.(\d{1,2})$/.exec(fn.runtime)?.[1] ?? Number.NaN);
  if (!(minor >= OLDEST)) throw runtimeUnknown(fn);
  if (minor <= NEWEST) return null;
  return `This version of Sluice does not know ${fn.runtime}: it takes it for one on Amazon Linux 2023, like python3.${NEWEST}.`;
}
