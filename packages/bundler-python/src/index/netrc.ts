import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Environment, homeOf } from "./environment.ts";

/** One entry of a netrc; `machine` is `null` for `default`. */
export interface NetrcEntry {
  readonly machine: string | null;
  readonly login: string;
  readonly password: string;
}

/** A bare word, or one in quotes with backslashes, as Python's netrc module reads it. */
const TOKEN = /"((?:[^"\\]|\\.)*)"|((?:[^\s\\]|\\.)+)/gs;

/** Without macro definitions, which end with an empty line, and without lines that are comments. */
function withoutMacros(text: string): string {
  return text
    .replace(/^\uFEFF/, "")
    .replace(/\r\n/g, "\n")
    .replace(/(^|\s)macdef\s[\s\S]*?(\n[ \t]*\n|$)/g, "$1")
    .replace(/^[ \t]*#.*$/gm, "");
}

function tokensOf(text: string): string[] {
  return [...withoutMacros(text).matchAll(TOKEN)].map(([, quoted, bare]) =>
    (quoted ?? bare ?? "").replace(/\\(.)/gs, "$1"),
  );
}

/** Reads a netrc (GNU inetutils, "The .netrc file"): entries that have no password are left out. */
export function parseNetrc(text: string): readonly NetrcEntry[] {
  const entries: { machine: string | null; login: string; password: string }[] = [];
  const tokens = tokensOf(text);
  for (let at = 0; at < tokens.length; at++) {
    const word = tokens[at];
    const current = entries.at(-1);
    if (word === "default") entries.push({ machine: null, login: "", password: "" });
    else if (word === "machine") entries.push({ machine: tokens[++at] ?? "", login: "", password: "" });
    else if (word === "login" || word === "user" || word === "password" || word === "account") {
      const value = tokens[++at] ?? "";
      if (current === undefined || word === "account") continue;
      current[word === "password" ? "password" : "login"] = value;
    }
  }
  return entries.filter(({ password }) => password !== "");
}

/** The entries of `NETRC`, else of `.netrc` or `_netrc` in the home folder; none when there is no such file. */
export function readNetrc(env: Environment): readonly NetrcEntry[] {
  const home = homeOf(env);
  const given = env["NETRC"];
  const paths = given ? [given] : home === null ? [] : [join(home, ".netrc"), join(home, "_netrc")];
  for (const path of paths) {
    try {
      return parseNetrc(readFileSync(path, "utf8"));
    } catch {
      // As pip and uv have it, a netrc that cannot be read is none.
    }
  }
  return [];
}
