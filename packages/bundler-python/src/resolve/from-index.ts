import { fileURLToPath } from "node:url";
import type { IndexFile } from "../index/index-file.ts";
import { environmentOf } from "../markers/environment.ts";
import { evaluateMarker } from "../markers/evaluate.ts";
import { compareVersions, parseVersion } from "../markers/version.ts";
import { fitsPython } from "../pylock/package.ts";
import { parseRequirement } from "../requirements/requirement.ts";
import type { ResolvedWheel } from "../resolution.ts";
import { chooseWheel } from "../wheels/choose.ts";
import type { Job } from "./job.ts";

/** A requirement with nothing left to choose but the wheel. */
interface Pin {
  readonly name: string;
  readonly version: string;
  readonly hashes: readonly string[];
}

const HASH = / --hash[= ]\S+/g;
const PINNED = /^==([^,*]+)$/;

/** The pin of a line; `"not-meant"` for another platform's; `null` for what a resolver has to look at. */
function pinOf(
  job: Job,
  line: string,
  hashes: ReadonlyMap<string, readonly string[]>,
): Pin | "not-meant" | null {
  const requirement = parseRequirement(line.replace(HASH, ""));
  const version = PINNED.exec(requirement?.specifier ?? "")?.[1];
  if (requirement === null || version === undefined || requirement.url !== null) return null;
  const { name, marker } = requirement;
  if (marker !== null && !evaluateMarker(marker, environmentOf(job.run.target))) return "not-meant";
  const allowed = hashes.get(name);
  return allowed === undefined ? null : { name, version, hashes: allowed };
}

/** All pins of a text in the format of requirements.txt; `null` when a line of it is none. Options are the index's. */
function pinsIn(job: Job, text: string, hashes: ReadonlyMap<string, readonly string[]>): Pin[] | null {
  const pins: Pin[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "" || line.startsWith("--")) continue;
    const pin = pinOf(job, line, hashes);
    if (pin === null) return null;
    if (pin !== "not-meant") pins.push(pin);
  }
  return pins;
}

function isVersion(file: IndexFile, wanted: string): boolean {
  const [found, version] = [parseVersion(file.version ?? ""), parseVersion(wanted)];
  return found !== null && version !== null && compareVersions(found, version) === 0;
}

/** The file's place: a folder of wheels has paths. */
function placeOf(url: string): ResolvedWheel["from"] {
  return url.startsWith("file:") ? { path: fileURLToPath(url) } : { url };
}

async function wheelOf({ run, index }: Job, { name, version, hashes }: Pin): Promise<ResolvedWheel | null> {
  const listed = await index.listFiles(name);
  const { target } = run;
  const candidates = listed.filter(
    (file) =>
      isVersion(file, version) && (file.requiresPython === null || fitsPython(file.requiresPython, target)),
  );
  const chosen = chooseWheel(candidates, target, hashes);
  if (chosen === null) return null;
  return { name, version, filename: chosen.filename, from: placeOf(chosen.url), sha256: chosen.sha256 };
}

/**
 * Looks up the wheels of a complete list of pinned requirements with their sums: nothing is left for a resolver, so the pages of
 * the indexes, all asked at once, are enough. What the sums allow is the same wherever it lies.
 *
 * @returns `null` when something in it needs a resolver, or is not to be found like this: then the resolver says why
 */
export async function wheelsFromIndex(job: Job): Promise<readonly ResolvedWheel[] | null> {
  const { request } = job.dependencies;
  if (request.type !== "requirements" || request.text === null) return null;
  if (!request.complete || !request.requireHashes || job.provided.length > 0) return null;
  const pins = pinsIn(job, request.text, request.hashes);
  if (pins === null || new Set(pins.map(({ name }) => name)).size < pins.length) return null;
  const wheels = await Promise.all(pins.map((pin) => wheelOf(job, pin).catch(() => null)));
  const found = wheels.filter((wheel) => wheel !== null);
  if (found.length < pins.length) return null;
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}
