import { plainJson } from "../files/plain-json.ts";
import { lockfileInvalid } from "./errors.ts";
import { isTable, type Table } from "./value.ts";

/** The line that V8's message names by a position, as `… in JSON at position 120`; of what ends too early the last one. */
function lineOf(text: string, message: string): number | null {
  const last = text.trimEnd().split("\n").length;
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Math.min(last, text.slice(0, Number(position)).split("\n").length);
  return message.includes("end of JSON") ? last : null;
}

/** Reads a lockfile that is a JSON object. */
export function parseJson(path: string, text: string, relaxed = false): Table {
  const plain = relaxed ? plainJson(text) : text;
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw lockfileInvalid(path, lineOf(plain, message), "it is not valid JSON", error);
  }
  if (!isTable(value)) throw lockfileInvalid(path, 1, "it is not an object");
  return value;
}
