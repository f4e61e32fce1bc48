import { isAbsolute, resolve } from "node:path";

/** A requirement that is a path, or a name with one. */
const LOCAL_LINE =
  /^(?:[A-Za-z0-9._-]+(?:\[[^\]]*\])?\s*@\s*)?(?:file:\/\/)?((?:\.{1,2}|[\\/]|~)[^;\s]*|[^;\s=<>@]+[\\/][^;\s=<>@]*)(\s*;.*)?$/;

/**
 * The text with projects of the repository as editable ones, whose description uv lets their build system make; of others it reads
 * static ones alone where building is off. What is installed of them is the same.
 */
export function withEditables(text: string, folder: string): string {
  return text
    .split("\n")
    .map((line) => {
      const [, path, marker = ""] = LOCAL_LINE.exec(line.trim()) ?? [];
      if (path === undefined || /\.(whl|zip|gz|bz2|tgz|xz)$/.test(path)) return line;
      return `-e ${isAbsolute(path) ? path : resolve(folder, path)}${marker}`;
    })
    .join("\n");
}
