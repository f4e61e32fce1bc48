import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { cliErrors } from "../errors.ts";
import { type Session, textOption } from "../session.ts";

/**
 * Reads `--payload`: JSON as it stands, `@file`, or `-` for standard input. Several JSON values, each on a line of its own, are
 * several payloads.
 *
 * @throws SLUICE_PAYLOAD_INVALID
 */
export async function readPayloads(session: Session): Promise<readonly string[]> {
  const given = textOption(session.arguments, "payload") ?? "{}";
  let text = given;
  try {
    if (given === "-") text = await session.readInput();
    else if (given.startsWith("@"))
      text = await readFile(resolve(session.context.cwd, given.slice(1)), "utf8");
  } catch (error) {
    throw cliErrors.payload("--payload", (error as Error).message);
  }
  return payloadsIn(text);
}

/** One JSON value, however many lines it takes, or one on each line (https://jsonlines.org). */
export function payloadsIn(text: string): readonly string[] {
  const whole = problemOf(text);
  if (whole === null) return [text];
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2 || lines.some((line) => problemOf(line) !== null))
    throw cliErrors.payload("--payload", whole);
  return lines;
}

function problemOf(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
