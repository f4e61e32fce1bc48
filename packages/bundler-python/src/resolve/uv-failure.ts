/** What uv's refusal comes to, as data. Addresses have no credentials when the text was redacted. */
export type UvFailure =
  | { readonly type: "no-python" }
  | { readonly type: "denied"; readonly url: string; readonly status: string }
  | { readonly type: "offline"; readonly name: string | null }
  | { readonly type: "unreachable"; readonly url: string | null; readonly reason: string }
  | { readonly type: "unknown-package"; readonly name: string }
  | { readonly type: "unknown-version"; readonly requirement: string; readonly premises: string }
  | {
      readonly type: "no-wheel";
      readonly name: string;
      /** As `==1.20.0` or `<307`; empty: all versions. */
      readonly specifier: string;
      readonly premises: string;
    }
  | { readonly type: "source-needed"; readonly name: string | null }
  /** What the index gives for a file is none. */
  | { readonly type: "no-file"; readonly requirement: string }
  /** A wheel on this machine that is none. */
  | { readonly type: "damaged"; readonly filename: string }
  | { readonly type: "git"; readonly reason: string }
  | {
      readonly type: "invalid";
      readonly file: string;
      /** 1 for the first; `null` where uv tells none. */
      readonly line: number | null;
      /** Offset in the file, where uv tells that instead of a line. */
      readonly position: number | null;
      readonly reason: string;
    }
  | { readonly type: "python-excluded"; readonly premises: string }
  | { readonly type: "conflict"; readonly premises: string }
  | { readonly type: "other"; readonly tail: string };

/** A failure with whatever it was recognised by. */
type Recognise = (text: string, flat: string) => UvFailure | null;

const NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

/** What uv writes without colors and progress, one statement a line: continuation lines are joined, warnings are gone. */
function flattened(stderr: string): string {
  return stderr
    .split(/\r?\n(?=\S|\s*cause:|\s*$)/)
    .map((part) => part.replace(/\s+/g, " ").trim())
    .filter((part) => part !== "" && !part.startsWith("warning:"))
    .join("\n");
}

/** Premises that are shown at most: a conflict through many packages has its ends in the first and the last. */
const SHOWN = 4;

/** The facts of uv's proof in its own words, without what it concludes on the way. */
function premisesOf(flat: string): string {
  const proof = /cause: (Because .*)/.exec(flat)?.[1] ?? "";
  const premises = proof
    .split(/(?<=\.) (?=And )|(?<=\.) (?=Because )/)
    .map((sentence) => sentence.replace(/^(And )?because /i, "").replace(/,? we can conclude that .*$/, ""))
    .map((premise) => premise.replace(/ and because we know from \(\d+\) that .*$/, ""))
    .filter((premise) => premise !== "");
  const shown = premises.length > SHOWN ? [...premises.slice(0, SHOWN - 1), "…", premises.at(-1)] : premises;
  return shown.join("; ");
}

function match(text: string, pattern: RegExp): string | null {
  return pattern.exec(text)?.[1] ?? null;
}

const noPython: Recognise = (_, flat) =>
  /No interpreter found|no Python (interpreter|installation)/i.test(flat) ? { type: "no-python" } : null;

const denied: Recognise = (_, flat) => {
  const [, hinted, status] =
    /An index(?: URL)? \((\S+?)\) .*?(401 Unauthorized|403 Forbidden)/.exec(flat) ?? [];
  if (hinted !== undefined && status !== undefined) return { type: "denied", url: hinted, status };
  const [, plain, url] =
    /HTTP status client error \((401 Unauthorized|403 Forbidden)\) for url \((\S+?)\)/.exec(flat) ?? [];
  return plain === undefined || url === undefined ? null : { type: "denied", url, status: plain };
};

const offline: Recognise = (_, flat) =>
  /network was disabled|Network connectivity is disabled/.test(flat)
    ? { type: "offline", name: match(flat, new RegExp(`Because (${NAME}) was not found in the cache`)) }
    : null;

const unreachable: Recognise = (_, flat) => {
  if (!/Failed to (fetch|download)|error sending request|Request failed|operation timed out/i.test(flat))
    return null;
  if (/Building source distributions/.test(flat)) return null;
  const causes = [...flat.matchAll(/^cause: (.*)$/gm)].map(([, cause]) => cause ?? "");
  const plain = causes.filter(
    (cause) => !/^(error sending request|Failed to fetch|client error)/.test(cause),
  );
  const url = match(flat, /Failed to fetch: `?(\S+?)`?$/m) ?? match(flat, /url \((\S+?)\)/);
  return { type: "unreachable", url, reason: plain.at(-1) ?? causes.at(-1) ?? flat.split("\n")[0] ?? "" };
};

const git: Recognise = (_, flat) =>
  /Git operation failed|Git executable not found/.test(flat)
    ? { type: "git", reason: match(flat, /(fatal: .*)/) ?? match(flat, /cause: (.*)/) ?? "" }
    : null;

const unknownPackage: Recognise = (_, flat) => {
  const pattern = new RegExp(
    `(${NAME}) was not found in the (?:package registry|provided package locations)`,
  );
  const name = match(flat, pattern);
  return name === null ? null : { type: "unknown-package", name };
};

const NO_WHEEL = new RegExp(
  `(?:all versions of )?(${NAME})(?:\\[[^\\]]*\\])?([<>=!~][^\\s]*)? ha(?:s|ve) no (?:usable wheels|wheels with a matching)`,
);

const noFile: Recognise = (_, flat) => {
  const requirement = match(flat, new RegExp(`(${NAME}(?:==\\S+)?) has an invalid package format`));
  return requirement === null ? null : { type: "no-file", requirement };
};

const damaged: Recognise = (_, flat) => {
  const filename =
    match(flat, /Failed to extract archive: (\S+\.whl)/) ??
    match(flat, /Failed to \w+ `(\S+)`\ncause: The wheel is invalid/);
  return filename === null ? null : { type: "damaged", filename };
};

const noWheel: Recognise = (_, flat) => {
  const [, name, specifier = ""] = NO_WHEEL.exec(flat) ?? [];
  return name === undefined ? null : { type: "no-wheel", name, specifier, premises: premisesOf(flat) };
};

const sourceNeeded: Recognise = (_, flat) =>
  /Building source distributions (for `?\S+`? )?is disabled/.test(flat)
    ? { type: "source-needed", name: match(flat, new RegExp(`for \`(${NAME})\` is disabled`)) }
    : null;

const unknownVersion: Recognise = (_, flat) => {
  const requirement =
    match(flat, new RegExp(`there (?:is|are) no versions? of (${NAME}\\S*)`)) ??
    match(flat, new RegExp(`^cause: Because only ${NAME}\\S* is available and you require (\\S+), we`, "m"));
  return requirement === null ? null : { type: "unknown-version", requirement, premises: premisesOf(flat) };
};

const invalid: Recognise = (_, flat) => {
  const [, , atPosition, position] =
    /(Couldn't parse requirement|Error parsing|Unsupported \w+|Invalid \w+).*? in `?([^\n`]+?)`? at position (\d+)/.exec(
      flat,
    ) ?? [];
  const [, atLine, line] = /in `([^\n`]+?)` at line (\d+)/.exec(flat) ?? [];
  const [, what, atPlace, placeLine] = /^error: (.*): ([^\s:]+):(\d+):\d+$/m.exec(flat) ?? [];
  const file = atPosition ?? atLine ?? atPlace;
  if (file === undefined) return null;
  return {
    type: "invalid",
    file,
    line: (line ?? placeLine) ? Number(line ?? placeLine) : null,
    position: position === undefined ? null : Number(position),
    reason: what ?? match(flat, /^cause: (.*)$/m) ?? match(flat, /^error: (.*)$/m) ?? "",
  };
};

const pythonExcluded: Recognise = (_, flat) =>
  /Python version \([^)]*\) does not satisfy/.test(flat)
    ? { type: "python-excluded", premises: premisesOf(flat) }
    : null;

const conflict: Recognise = (_, flat) => {
  const premises = premisesOf(flat);
  return premises === "" ? null : { type: "conflict", premises };
};

/** The first that recognises it wins: what lies deeper, as an index that denies, stands before what follows from it. */
const RECOGNISERS: readonly Recognise[] = [
  noPython,
  denied,
  offline,
  git,
  damaged,
  unreachable,
  unknownPackage,
  pythonExcluded,
  noFile,
  noWheel,
  sourceNeeded,
  unknownVersion,
  conflict,
  invalid,
];

const TAIL_LINES = 8;

/** @param stderr - what uv wrote, redacted */
export function readUvFailure(stderr: string): UvFailure {
  const flat = flattened(stderr);
  for (const recognise of RECOGNISERS) {
    const failure = recognise(stderr, flat);
    if (failure !== null) return failure;
  }
  return { type: "other", tail: flat.split("\n").slice(-TAIL_LINES).join("\n") };
}
