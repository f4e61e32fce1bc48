import type { Message } from "esbuild";
import type { Place } from "../errors.ts";

/** Where a message stands, counted from 1; esbuild counts columns from 0. */
export function placeOf(message: Message): Place | null {
  const at = message.location;
  return at === null ? null : { file: at.file, line: at.line, column: at.column + 1 };
}

/** A message's text with its notes. */
export function textOf(message: Message): string {
  const notes = message.notes.map((note) => {
    const at =
      note.location === null
        ? ""
        : ` (${note.location.file}:${note.location.line}:${note.location.column + 1})`;
    return ` ${note.text}${at}`;
  });
  const plugin = message.pluginName === "" ? "" : ` (esbuild plugin ${message.pluginName})`;
  return message.text + plugin + notes.join("");
}
