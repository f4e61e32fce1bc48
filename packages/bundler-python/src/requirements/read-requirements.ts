import { dirname, resolve } from "node:path";
import { keepIndex, keepSecrets, withoutCredentials } from "./credentials.ts";
import { decodeText } from "./decode.ts";
import { requirementErrors } from "./errors.ts";
import { findLinksFolder } from "./local.ts";
import { type LogicalLine, logicalLines } from "./logical-lines.ts";
import { parseLine, type Statement } from "./parse-line.ts";
import { isPlainLine } from "./plain-line.ts";
import { labelOf, type Reading, readBytes } from "./reading.ts";
import { type RequirementEntry, readEntry } from "./requirement-entry.ts";
import { expandVariables } from "./variables.ts";

/** What files in the format of requirements.txt say together. */
export interface RequirementSet {
  readonly requirements: RequirementEntry[];
  readonly constraints: RequirementEntry[];
  /** Lines that concern all, with absolute paths, in order and without repetition. */
  readonly options: Set<string>;
  readonly trustedHosts: Set<string>;
  requireHashes: boolean;
  prereleases: boolean;
  /** Whether a resolver that runs in `folder` reads the files as they are meant. */
  plain: boolean;
}

interface Place {
  /** Absolute. */
  readonly file: string;
  readonly constraint: boolean;
  /** Absolute paths of the files that include this one, itself the last. */
  readonly chain: readonly string[];
}

export function emptySet(): RequirementSet {
  return {
    requirements: [],
    constraints: [],
    options: new Set(),
    trustedHosts: new Set(),
    requireHashes: false,
    prereleases: false,
    plain: true,
  };
}

/**
 * Reads a requirements file and all that it includes into `set`.
 *
 * @param file - absolute path
 * @param folder - absolute path of the folder that the resolver runs in
 * @param asked - who names the file, for the error when it is not there
 */
export async function readRequirements(
  reading: Reading,
  set: RequirementSet,
  file: string,
  folder: string,
  asked: { readonly by: string; readonly where: string },
): Promise<void> {
  await readFile(
    { reading, set, folder, seen: new Set() },
    { file, constraint: false, chain: [file] },
    asked,
  );
}

interface Walk {
  readonly reading: Reading;
  readonly set: RequirementSet;
  readonly folder: string;
  readonly seen: Set<string>;
}

async function readFile(
  walk: Walk,
  place: Place,
  asked: { readonly by: string; readonly where: string },
): Promise<void> {
  const { reading, set, seen } = walk;
  const label = labelOf(reading, place.file);
  const bytes = await readBytes(reading, place.file);
  if (bytes === null) throw requirementErrors.fileMissing(asked.where, label, asked.by);
  const key = `${place.constraint} ${place.file}`;
  if (seen.has(key)) return;
  seen.add(key);
  for (const line of linesOf(bytes, label, set)) {
    const where = `${label}:${line.number}`;
    set.plain &&= isPlainLine(line);
    const statements = parseLine(expandVariables(reading, line.text, where));
    if (statements === null) throw requirementErrors.lineInvalid(where, withoutCredentials(line.text));
    for (const statement of statements) await take(walk, place, statement, where);
  }
}

function linesOf(bytes: Uint8Array, label: string, set: RequirementSet): LogicalLine[] {
  try {
    const { text, plain } = decodeText(bytes);
    set.plain &&= plain;
    return logicalLines(text);
  } catch (error) {
    throw requirementErrors.unreadable(label, error instanceof Error ? error.message : String(error), error);
  }
}

async function take(walk: Walk, place: Place, statement: Statement, where: string): Promise<void> {
  if (statement.type === "include") return include(walk, place, statement, where);
  if (statement.type === "option") return takeOption(walk, place, statement, where);
  const { reading, set, folder } = walk;
  const bases = [folder, dirname(place.file), reading.run.root];
  const entry = await readEntry(reading, { ...statement, where, bases });
  if (entry.base !== null && entry.base !== folder) set.plain = false;
  (place.constraint ? set.constraints : set.requirements).push(entry);
}

async function include(
  walk: Walk,
  place: Place,
  { path, constraint }: Extract<Statement, { type: "include" }>,
  where: string,
): Promise<void> {
  const { reading, set } = walk;
  if (/^https?:/i.test(path)) {
    keepSecrets(reading, path);
    set.options.add(`${constraint ? "-c" : "-r"} ${path}`);
    reading.notices.add(
      `${where}: ${withoutCredentials(path)} is read by the resolver: what changes there is not noticed here.`,
    );
    return;
  }
  const file = resolve(dirname(place.file), path.replace(/^file:\/\//i, ""));
  if (place.chain.includes(file)) {
    const chain = [...place.chain.slice(place.chain.indexOf(file)), file];
    throw requirementErrors.circular(
      where,
      chain.map((each) => labelOf(reading, each)),
    );
  }
  if (constraint && !place.constraint) set.options.add(`-c ${file}`);
  const asked = { by: `The line \`${constraint ? "-c" : "-r"} ${path}\``, where };
  await readFile(walk, { file, constraint, chain: [...place.chain, file] }, asked);
}

async function takeOption(
  walk: Walk,
  place: Place,
  { name, value }: Extract<Statement, { type: "option" }>,
  where: string,
): Promise<void> {
  const { reading, set, folder } = walk;
  if (name === "other" || name === "only-binary") return;
  if (name === "require-hashes") set.requireHashes = true;
  else if (name === "pre") set.prereleases = true;
  else if (name === "trusted-host") set.trustedHosts.add(value);
  else if (name === "no-binary") {
    if (value !== ":none:")
      reading.notices.add(`${where}: --no-binary ${value} is not followed: only wheels can be packed.`);
    set.plain = false;
  } else if (name === "find-links") {
    const found = await findLinksFolder(reading, value, place.file);
    if (found === null || (found !== value && dirname(place.file) !== folder)) set.plain = false;
    if (found === null) reading.notices.add(`${where}: the folder ${value} of --find-links does not exist.`);
    else set.options.add(`--find-links ${found}`);
  } else if (name === "no-index") set.options.add("--no-index");
  else {
    keepIndex(reading, value);
    set.options.add(`--${name} ${value}`);
  }
}
