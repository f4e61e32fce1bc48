import { normalizeName } from "../wheels/wheel-name.ts";
import { keepSecrets, withoutCredentials } from "./credentials.ts";
import { requirementErrors } from "./errors.ts";
import { fileUrl, findLocal } from "./local.ts";
import type { Reading } from "./reading.ts";
import { isPinned, parseRequirement, requirementLine } from "./requirement.ts";

/** A requirement of a requirements file. */
export interface RequirementEntry {
  /** Normalized; `null` where only building it would tell. */
  readonly name: string | null;
  /** As pip and uv read it, with absolute paths. */
  readonly line: string;
  readonly marker: string | null;
  readonly pinned: boolean;
  /** Hexadecimal SHA-256 sums. */
  readonly hashes: readonly string[];
  readonly where: string;
  /** Folder that its relative path started from; `null` for all else. */
  readonly base: string | null;
}

export interface EntryText {
  readonly text: string;
  readonly editable: boolean;
  /** As `sha256:…`. */
  readonly hashes: readonly string[];
  readonly where: string;
  /** Absolute folders that a relative path may start from. */
  readonly bases: readonly string[];
}

const ADDRESS = /^(?:https?|ftp|(?:git|hg|bzr|svn)\+[a-z+]+):\/\//i;
const ARCHIVE = /\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)$/i;

/**
 * Reads one requirement as pip does: PEP 508, an address, or a path.
 *
 * @throws SLUICE_PYTHON_REQUIREMENT_INVALID, SLUICE_PYTHON_REQUIREMENT_PATH
 */
export async function readEntry(reading: Reading, given: EntryText): Promise<RequirementEntry> {
  keepSecrets(reading, given.text);
  const [body = "", ...markers] = given.text.split(/\s+;|;\s/);
  const marker = markers.length === 0 ? null : markers.join(";").trim();
  const address = body.trim();
  if (ADDRESS.test(address)) return addressEntry(given, address, marker);
  const read = given.editable ? null : parseRequirement(given.text);
  // `six.whl` would be a name, too.
  const isArchive = ARCHIVE.test(address) && (read === null || read.url === null);
  const isPath = given.editable || isArchive || /^(?:\.|\/|file:)/i.test(address);
  const requirement = isPath ? null : read;
  if (requirement === null) return pathEntry(reading, given, address, marker, isPath);
  const { name, url, marker: own } = requirement;
  const common = { name, marker: own, hashes: sums(given, url ?? ""), where: given.where };
  if (url === null || ADDRESS.test(url))
    return { ...common, line: requirementLine(requirement), pinned: isPinned(requirement), base: null };
  const local = await findLocal(reading, url, given.bases, given.where);
  const line = requirementLine({ ...requirement, url: fileUrl(local.path) });
  return { ...common, line, pinned: true, base: local.base };
}

function addressEntry(given: EntryText, url: string, marker: string | null): RequirementEntry {
  const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(url)?.[1];
  const wheel = /\/([^/-]+)-[^/]+\.whl(?:[#?]|$)/.exec(url)?.[1];
  const name = egg ?? wheel;
  return {
    name: name === undefined ? null : normalizeName(name),
    line: withMarker(url, marker),
    marker,
    pinned: isPinned({ specifier: "", url }),
    hashes: sums(given, url),
    where: given.where,
    base: null,
  };
}

async function pathEntry(
  reading: Reading,
  given: EntryText,
  text: string,
  marker: string | null,
  certain: boolean,
): Promise<RequirementEntry> {
  const [, path = text, extras = ""] = /^(.*?)(\[[^\]]*\])?$/s.exec(text) ?? [];
  if (!certain && !/^[^\s=<>~!@]+\/[^\s=<>~!@]*$/.test(path)) throw invalid(given);
  const local = await findLocal(reading, path, given.bases, given.where);
  const wheel = /^([^-]+)-.+\.whl$/.exec(local.path.split(/[\\/]/).at(-1) ?? "")?.[1];
  return {
    name: wheel === undefined ? null : normalizeName(wheel),
    line: withMarker(`${local.path}${extras}`, marker),
    marker,
    pinned: true,
    hashes: sums(given),
    where: given.where,
    base: local.base,
  };
}

function withMarker(text: string, marker: string | null): string {
  return marker === null ? text : `${text} ; ${marker}`;
}

/** Those of `--hash`, and the one that an address may end in. */
function sums(given: EntryText, url = ""): string[] {
  const named = given.hashes.filter((hash) => hash.startsWith("sha256:")).map((hash) => hash.slice(7));
  const inUrl = /[#&]sha256=([0-9a-f]{64})/i.exec(url)?.[1] ?? [];
  return named.concat(inUrl).map((sum) => sum.toLowerCase());
}

function invalid(given: EntryText) {
  const line = withoutCredentials(given.text);
  return requirementErrors.lineInvalid(
    given.where,
    line.length > 80 ? `${line.slice(0, 79)}…` : line,
    slip(line),
  );
}

/** What people mean by lines that are nearly requirements. */
function slip(line: string): string | undefined {
  const [, name, version] = /^([A-Za-z0-9._-]+)\s*=\s*([^=\s]+)/.exec(line) ?? [];
  if (name !== undefined) return `A version is fixed by two equals signs: \`${name}==${version}\`.`;
  if (/^[A-Za-z0-9._-]+\s+\d/.test(line))
    return "Between name and version stands a comparison: `name==version`.";
  if (/^(<<<<<<<|=======|>>>>>>>)/.test(line)) return "Resolve the merge conflict in this file.";
  return undefined;
}
