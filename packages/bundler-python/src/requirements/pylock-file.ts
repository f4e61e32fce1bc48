import { dirname } from "node:path";
import type { Dependencies } from "../dependencies.ts";
import { normalizeName } from "../wheels/wheel-name.ts";
import { dependenciesOf } from "./dependencies-of.ts";
import { requirementErrors } from "./errors.ts";
import { labelOf, type Reading, readBytes } from "./reading.ts";
import { readToml, textsOf } from "./toml.ts";

/**
 * A pylock.toml (PEP 751), for any platform: what it holds for the target is chosen by whoever resolves.
 *
 * @param path - absolute
 * @returns `null` for a file that does not exist
 * @throws SLUICE_PYTHON_LOCK_INVALID, SLUICE_PYTHON_GROUP_UNKNOWN, SLUICE_PYTHON_EXTRA_UNKNOWN
 */
export async function fromPylock(reading: Reading, path: string): Promise<Dependencies | null> {
  const lock = await readToml(reading, path, "lock");
  const bytes = await readBytes(reading, path);
  if (lock === null || bytes === null) return null;
  const label = labelOf(reading, path);
  const { where, fn } = reading.run;
  const unknown = (asked: readonly string[], key: string): [name: string | undefined, known: string[]] => {
    const known = textsOf(lock[key]).map(normalizeName);
    return [asked.find((name) => !known.includes(normalizeName(name))), known];
  };
  const [group, groups] = unknown(fn.python.groups, "dependency-groups");
  if (group !== undefined)
    throw requirementErrors.groupUnknown(`${where}.python.groups`, group, label, groups);
  const [extra, extras] = unknown(fn.python.extras, "extras");
  if (extra !== undefined)
    throw requirementErrors.extraUnknown(`${where}.python.extras`, extra, label, extras);
  return dependenciesOf(reading, {
    kind: "pylock",
    label,
    folder: dirname(path),
    unpinned: [],
    request: { type: "pylock", text: bytes.toString("utf8") },
  });
}
