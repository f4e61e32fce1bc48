import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where SAM, CloudFormation and the Serverless Framework keep the handlers of functions. */
const TEMPLATES: readonly string[] = [
  ...["template.yaml", "template.yml", "template.json", "sam.yaml", "sam.yml"],
  ...["serverless.yml", "serverless.yaml", "serverless.json"],
];

/** `Handler: app.lambda_handler`, in YAML or JSON. */
const HANDLER = /^[\s{,-]*["']?handler["']?\s*:\s*["']?([\w./-]+\.\w+)["']?\s*,?\s*(?:#.*)?$/gim;

/** The handler strings that the templates at a repository's top name, each once. */
export async function templateHandlers(root: string): Promise<readonly string[]> {
  const texts = await Promise.all(
    TEMPLATES.map((name) => readFile(join(root, name), "utf8").catch(() => "")),
  );
  return [...new Set(texts.flatMap((text) => [...text.matchAll(HANDLER)].map(([, found = ""]) => found)))];
}

/** A handler string without the function at its end, as parts of a path. */
function moduleParts(handler: string): string[] {
  return handler
    .slice(0, handler.lastIndexOf("."))
    .split(/[./]+/)
    .filter((part) => part !== "");
}

/** Handlers that may mean a module, since they end as its path does; the longest first. */
export function handlersOf(path: string, handlers: readonly string[]): readonly string[] {
  const own = path.replace(/(?:\/__init__)?\.py$/, "").split("/");
  return handlers
    .filter((handler) => {
      const parts = moduleParts(handler);
      return parts.length > 0 && parts.join("/") === own.slice(-parts.length).join("/");
    })
    .toSorted((one, other) => moduleParts(other).length - moduleParts(one).length);
}

/** The function that a handler string names. */
export function nameIn(handler: string): string {
  return handler.slice(handler.lastIndexOf(".") + 1);
}
