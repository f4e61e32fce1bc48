import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { Dependencies } from "../dependencies.ts";
import { normalizeName } from "../wheels/wheel-name.ts";
import { applies } from "./applies.ts";
import { keepIndex } from "./credentials.ts";
import { dependenciesOf } from "./dependencies-of.ts";
import { requirementErrors } from "./errors.ts";
import { fileUrl, findLocal } from "./local.ts";
import { type LockedPackage, lockedRequest, PYPI } from "./locked.ts";
import { pythonJson } from "./python-json.ts";
import { labelOf, type Reading, readBytes } from "./reading.ts";
import { isTable, readToml, type Table, tableAt, tablesOf, textOf, textsOf } from "./toml.ts";
import { expandVariables } from "./variables.ts";

/** `pipfile-spec` of every Pipfile.lock since 2017. */
const SPEC = 6;

/**
 * What a Pipfile.lock says: its packages, and those of the categories that the function names as `groups`.
 *
 * @param path - absolute path of the Pipfile.lock
 * @returns `null` for a file that does not exist
 * @throws SLUICE_PYTHON_LOCK_INVALID, SLUICE_PYTHON_LOCK_UNSUPPORTED, SLUICE_PYTHON_LOCK_STALE, SLUICE_PYTHON_GROUP_UNKNOWN
 */
export async function fromPipfileLock(reading: Reading, path: string): Promise<Dependencies | null> {
  const bytes = await readBytes(reading, path);
  if (bytes === null) return null;
  const label = labelOf(reading, path);
  const lock = parseLock(bytes.toString("utf8"), label);
  const folder = dirname(path);
  await refuseStale(reading, join(folder, "Pipfile"), lock, label);
  noticePython(reading, lock, label);
  const packages: LockedPackage[] = [];
  for (const category of categoriesOf(reading, lock, label))
    for (const [name, entry] of Object.entries(tableAt(lock, category))) {
      const found = isTable(entry) ? await packageOf(reading, folder, label, name, entry) : null;
      if (found !== null) packages.push(found);
    }
  return dependenciesOf(reading, {
    kind: "pipfile",
    label,
    folder,
    unpinned: [],
    request: lockedRequest(packages, sourcesOf(reading, lock, label)),
  });
}

function parseLock(text: string, label: string): Table {
  let lock: unknown;
  try {
    lock = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    const conflict = /^(<{7}|={7}|>{7})/m.test(text);
    throw requirementErrors.lockInvalid(
      label,
      conflict ? "it holds the markers of a merge conflict." : "it is no JSON.",
    );
  }
  const meta = tableAt(lock, "_meta");
  if (meta["pipfile-spec"] !== SPEC)
    throw requirementErrors.lockUnsupported(label, String(meta["pipfile-spec"]), "pipenv lock");
  return lock as Table;
}

/** `groups: ["dev"]` is what the Pipfile calls `dev-packages` and the lockfile `develop`. */
function categoriesOf(reading: Reading, lock: Table, label: string): string[] {
  const { where, fn } = reading.run;
  const known = Object.keys(lock).filter((key) => key !== "_meta" && key !== "default");
  const [extra] = fn.python.extras;
  if (extra !== undefined) throw requirementErrors.extraUnknown(`${where}.python.extras`, extra, label, []);
  const named = fn.python.groups.map((group) => {
    const category = /^dev(-packages)?$/.test(group) ? "develop" : group;
    if (known.includes(category)) return category;
    throw requirementErrors.groupUnknown(`${where}.python.groups`, group, label, known);
  });
  return [...new Set(["default", ...named])];
}

/** What Pipenv hashes: its `Pipfile.calculate_hash`, with names as written before 2026, and normalized since. */
function pipfileHashes(pipfile: Table): string[] {
  const { source, requires, packages, "dev-packages": develop, ...others } = pipfile;
  const sources = source ?? [{ name: "pypi", url: "https://pypi.org/simple", verify_ssl: true }];
  const categories = Object.entries(others).filter(
    ([key]) => !["scripts", "pipfile", "pipenv", "default", "develop"].includes(key),
  );
  const asWritten = (section: unknown): Table => tableAt(section);
  const normalized = (section: unknown): Table =>
    Object.fromEntries(Object.entries(tableAt(section)).map(([name, value]) => [normalizeName(name), value]));
  return [asWritten, normalized].map((names) => {
    const content = {
      _meta: { sources, requires: requires ?? {} },
      default: names(packages),
      develop: names(develop),
      ...Object.fromEntries(categories.map(([key, value]) => [key, names(value)])),
    };
    return createHash("sha256")
      .update(pythonJson(content, [",", ":"]))
      .digest("hex");
  });
}

async function refuseStale(reading: Reading, path: string, lock: Table, label: string): Promise<void> {
  const pipfile = await readToml(reading, path, "project");
  const locked = textOf(tableAt(lock, "_meta", "hash")["sha256"]);
  if (pipfile === null || locked === null || pipfileHashes(pipfile).includes(locked)) return;
  throw requirementErrors.lockStale(label, labelOf(reading, path), "its hash is another one.", "pipenv lock");
}

/** Pipenv locks for one Python: what only another one needs may be missing. */
function noticePython(reading: Reading, lock: Table, label: string): void {
  const version = textOf(tableAt(lock, "_meta", "requires")["python_version"]);
  const { runtime, minor } = reading.run.target;
  if (version === null || version === `3.${minor}` || !/^3\.\d+$/.test(version)) return;
  reading.notices.add(
    `${label} was made for Python ${version}, and ${runtime} may need packages that it lacks.`,
  );
}

async function packageOf(
  reading: Reading,
  folder: string,
  label: string,
  name: string,
  entry: Table,
): Promise<LockedPackage | null> {
  if (!applies(reading, textOf(entry["markers"]), label)) return null;
  const common = { name: normalizeName(name), hashes: sumsOf(entry) };
  const path = textOf(entry["path"]);
  const git = textOf(entry["git"]);
  const file = textOf(entry["file"]) ?? textOf(entry["uri"]);
  if (path !== null) {
    const { path: found } = await findLocal(reading, path, [folder], `${label}: ${name}`);
    return { ...common, version: null, url: fileUrl(found) };
  }
  if (git !== null) {
    const subdirectory = textOf(entry["subdirectory"]);
    const fragment = subdirectory === null ? "" : `#subdirectory=${subdirectory}`;
    const address = /^git\+/.test(git) ? git : `git+${git}`;
    return { ...common, version: null, url: `${address}@${textOf(entry["ref"]) ?? "HEAD"}${fragment}` };
  }
  if (file !== null) return { ...common, version: null, url: file };
  const version = /^={2,3}(.+)$/.exec(textOf(entry["version"]) ?? "")?.[1];
  if (version !== undefined) return { ...common, version, url: null };
  throw requirementErrors.lockInvalid(
    `${label}: ${name}`,
    "the package has no version that it is locked to.",
  );
}

function sumsOf(entry: Table): string[] {
  return textsOf(entry["hashes"])
    .filter((hash) => hash.startsWith("sha256:"))
    .map((hash) => hash.slice("sha256:".length));
}

function sourcesOf(reading: Reading, lock: Table, label: string) {
  const indexes: string[] = [];
  const trustedHosts: string[] = [];
  for (const source of tablesOf(tableAt(lock, "_meta")["sources"])) {
    const url = expandVariables(reading, textOf(source["url"]) ?? "", label, "shell");
    if (url === "") continue;
    if (!PYPI.test(url)) keepIndex(reading, url);
    indexes.push(url);
    if (source["verify_ssl"] === false && URL.canParse(url)) trustedHosts.push(new URL(url).host);
  }
  return { indexes, onlyThese: indexes.length > 0, trustedHosts };
}
