import { normalizeName } from "../wheels/wheel-name.ts";

/** One requirement, as PEP 508 has it. */
export interface Requirement {
  /** Normalized. */
  readonly name: string;
  /** Normalized. */
  readonly extras: readonly string[];
  /** As `>=2,<3`; empty for any version. */
  readonly specifier: string;
  readonly url: string | null;
  readonly marker: string | null;
}

const HEAD = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/s;
/** `1!2.0` has an epoch (PyPA, "Version specifiers"). */
const CLAUSE = /^(?:~=|===?|!=|<=|>=|<|>)\s*(?:\d+!)?[^\s,;=<>!~@()]+$/;

/** @returns `null` for a text that is no requirement */
export function parseRequirement(text: string): Requirement | null {
  const [, name, extras, rest] = HEAD.exec(text.trim()) ?? [];
  if (name === undefined || rest === undefined) return null;
  const head = { name: normalizeName(name), extras: namesOf(extras ?? "") };
  if (rest.startsWith("@")) {
    // A marker after an address stands after a space (PEP 508, "url_req").
    const [, url, marker] = /^@\s*(\S+?)(?:\s+;(.*)|;\s(.*)|)$/s.exec(rest) ?? [];
    return url === undefined ? null : { ...head, specifier: "", url, marker: filled(marker) };
  }
  const semicolon = rest.indexOf(";");
  const specifier = specifierOf(semicolon === -1 ? rest : rest.slice(0, semicolon));
  if (specifier === null) return null;
  const marker = semicolon === -1 ? null : filled(rest.slice(semicolon + 1));
  if (semicolon !== -1 && marker === null) return null;
  return { ...head, specifier, url: null, marker };
}

function namesOf(list: string): string[] {
  return list
    .split(",")
    .map((name) => normalizeName(name.trim()))
    .filter((name) => name !== "");
}

function filled(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
}

function specifierOf(text: string): string | null {
  const inner = /^\((.*)\)$/s.exec(text.trim())?.[1] ?? text.trim();
  const clauses = inner
    .split(",")
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "");
  if (!clauses.every((clause) => CLAUSE.test(clause))) return null;
  return clauses.map((clause) => clause.replace(/\s+/g, "")).join(",");
}

/** In the form that pip and uv read. */
export function requirementLine(requirement: Requirement): string {
  const { name, extras, specifier, url, marker } = requirement;
  const head = `${name}${extras.length === 0 ? "" : `[${extras.join(",")}]`}`;
  const body = url === null ? `${head}${specifier}` : `${head} @ ${url}`;
  return marker === null ? body : `${body} ; ${marker}`;
}

/** Whether one version alone can be meant: `==1.2`, or the address of one archive or commit. */
export function isPinned(requirement: Pick<Requirement, "specifier" | "url">): boolean {
  const { specifier, url } = requirement;
  if (url === null) return /^===?[^,*]+$/.test(specifier);
  return !/^(git|hg|bzr|svn)\+/.test(url) || /@[0-9a-f]{40}(#|$)/.test(url);
}
