import { isSluiceError, joinErrors, type ResolvedFunction, type SluiceError } from "@sluice/core";
import type { Message } from "esbuild";
import {
  buildFailed,
  handlerNotExported,
  handlerNotFunction,
  importUnresolved,
  syntaxError,
} from "../errors.ts";
import { awsSdk2Missing } from "../externals/errors.ts";
import { packageName } from "../externals/specifier.ts";
import { ENTRY_NAMESPACE, type NodeEntry } from "./entry.ts";
import { placeOf, textOf } from "./message.ts";
import type { NodeGroup } from "./options.ts";
import { unresolvedImport } from "./provided.ts";
import { importChains } from "./trace.ts";
import { whyUnreadable, whyUnresolved } from "./unresolved.ts";

/** How messages of esbuild's parser begin; it gives its errors no codes (`internal/js_parser`, `internal/js_lexer`). */
const SYNTAX =
  /^(Expected |Unexpected |Unterminated |Syntax error|Invalid (?!option)|Duplicate |Legacy |Decorators |The symbol ".*" has already been declared|Cannot (use|assign|access) |The constant |Multiple (exports|default)|A "return"|"await" |"yield" )/;

/** What the source exports, as esbuild sees it; `null` when it cannot say, as for what the user's plugins load. */
async function exportsOf(root: string, group: NodeGroup, source: string): Promise<string[] | null> {
  const { build } = await import("esbuild");
  const result = await build({
    absWorkingDir: root,
    entryPoints: [`./${source}`],
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: group.target,
    outdir: root,
    allowOverwrite: true,
    write: false,
    metafile: true,
    logLevel: "silent",
  }).catch(() => null);
  return result === null ? null : Object.values(result.metafile.outputs).flatMap((output) => output.exports);
}

/** The problem of a handler that was built and cannot be called. */
export async function flawOf(
  fn: ResolvedFunction,
  root: string,
  group: NodeGroup,
  entry: NodeEntry,
  flaw: "absent" | "value",
): Promise<SluiceError> {
  if (flaw === "value") return handlerNotFunction(fn.name, entry.source, entry.exportName);
  const found = await exportsOf(root, group, entry.source);
  const others = found?.filter((name) => name !== entry.exportName) ?? null;
  return handlerNotExported(fn.name, entry.source, entry.exportName, others);
}

/** By which imports the entry reaches a file that a message complains of, as a sentence; `""` for the entry itself. */
function through(chain: readonly string[]): string {
  return chain.length > 1 ? ` Imported through ${chain.join(" → ")}.` : "";
}

async function problemOf(
  fn: ResolvedFunction,
  root: string,
  group: NodeGroup,
  entry: NodeEntry,
  message: Message,
  chain: readonly string[],
): Promise<SluiceError> {
  // What one of Sluice's own plugins found.
  if (isSluiceError(message.detail)) return message.detail;
  const place = placeOf(message);
  const missing = unresolvedImport(message);
  if (missing !== null && packageName(missing) === "aws-sdk")
    return awsSdk2Missing(fn.name, missing, chain, place);
  if (missing !== null)
    return importUnresolved(fn.name, missing, chain, place, whyUnresolved(root, missing, message));
  const unreadable = whyUnreadable(root, message.text);
  if (unreadable !== null) return importUnresolved(fn.name, unreadable.path, chain, place, unreadable);
  if (place?.file.startsWith(`${ENTRY_NAMESPACE}:`)) {
    const found = await exportsOf(root, group, entry.source);
    return handlerNotExported(fn.name, entry.source, entry.exportName, found);
  }
  const said = textOf(message);
  const way = through(chain);
  const text = way === "" || /[.:!?]$/.test(said) ? said + way : `${said}.${way}`;
  const isSyntax = place !== null && message.pluginName === "" && SYNTAX.test(message.text);
  return isSyntax ? syntaxError(fn.name, text, place) : buildFailed(fn.name, text, place, message.detail);
}

/** Makes the problems of one function from esbuild's messages, all at once. */
export async function failureOf(
  fn: ResolvedFunction,
  root: string,
  group: NodeGroup,
  entry: NodeEntry,
  messages: readonly Message[],
): Promise<SluiceError> {
  const isElsewhere = ({ location }: Message): boolean =>
    location !== null && location.file !== entry.source && !location.file.startsWith(`${ENTRY_NAMESPACE}:`);
  const chainTo = messages.some(isElsewhere)
    ? await importChains(root, group, entry)
    : (file: string): string[] => [file];
  const errors = await Promise.all(
    messages.map((message) =>
      problemOf(
        fn,
        root,
        group,
        entry,
        message,
        message.location === null ? [] : chainTo(message.location.file),
      ),
    ),
  );
  return joinErrors(errors) ?? buildFailed(fn.name, "esbuild failed without a message.", null);
}
