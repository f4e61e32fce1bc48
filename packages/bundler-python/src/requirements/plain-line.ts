import type { LogicalLine } from "./logical-lines.ts";

const OPTION =
  /^(?:-[rcif]|--(?:requirement|constraint|index-url|extra-index-url|find-links|trusted-host|only-binary|use-feature))(?:\s+|=)[^\s"']+$/;
const FLAG = /^--(?:no-index|pre|prefer-binary|require-hashes)$/;
const EDITABLE = /^(?:-e|--editable)(?:\s+|=)[^\s"']+(?:\s+;.*)?$/;

/**
 * Whether uv reads a line as pip does. uv 0.13 does not take several options in a line, options without a space before their value, those
 * about building (`--config-settings`), those that pip has given up, and comments between continued lines.
 */
export function isPlainLine({ text, interrupted }: LogicalLine): boolean {
  if (interrupted) return false;
  if (text.startsWith("-")) return OPTION.test(text) || FLAG.test(text) || EDITABLE.test(text);
  // uv fills in variables in addresses alone.
  if (text.includes("${")) return false;
  const options = text.match(/\s-\S*/g) ?? [];
  return options.every((option) => /^\s--hash(?:=|$)/.test(option));
}
