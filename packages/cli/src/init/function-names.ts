import { basename, extname } from "node:path";
import type { FoundHandler } from "./find-handlers.ts";

/** Names of files and folders that say nothing of the function in them. */
const GENERIC =
  /^(?:__init__|index|handlers?|main|app|apps|lambdas?|functions?|lambda_functions?|lambda_handlers?|src|source|lib|packages|services|default|lambdaHandler)$/i;

function clean(text: string): string {
  return text.replace(/[^a-zA-Z0-9-_]+/g, "-").replace(/^-+|-+$/g, "");
}

/** What tells a function from others, from the repository down; `alone`: whether its module has one handler. */
function telling({ path, exportName }: FoundHandler, alone: boolean): string[] {
  const folders = path.split("/").slice(0, -1);
  const parts = [...folders, basename(path, extname(path)), ...(alone ? [] : [exportName])];
  return parts.filter((part) => !GENERIC.test(part)).map(clean);
}

function counts(values: readonly string[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const value of values) counted.set(value, (counted.get(value) ?? 0) + 1);
  return counted;
}

/**
 * Names for functions, each once: by the file, else by the nearest folder that says something, else `fallback`; with more of the
 * path for those that would have one name. `packages/orders/src/index.ts` → `orders`, `src/users.ts` → `users`.
 */
export function nameFunctions(
  handlers: readonly FoundHandler[],
  fallback: string,
): ReadonlyMap<string, FoundHandler> {
  const perModule = counts(handlers.map(({ path }) => path));
  const told = handlers.map((each) => telling(each, perModule.get(each.path) === 1));
  const first = clean(fallback) || "handler";
  const short = told.map((parts) => parts.at(-1) ?? first);
  const shared = counts(short);
  const named = new Map<string, FoundHandler>();
  for (const [index, handler] of handlers.entries()) {
    const name = short[index] ?? first;
    const stem = clean(handler.path.replace(/\.\w+$/, ""));
    const long = told[index]?.join("-") || `${first}-${stem}`;
    let wanted = shared.get(name) === 1 ? name : long;
    if (named.has(wanted)) wanted = `${stem}-${clean(handler.exportName)}`;
    let unique = wanted;
    for (let count = 2; named.has(unique); count += 1) unique = `${wanted}-${count}`;
    named.set(unique, handler);
  }
  return named;
}
