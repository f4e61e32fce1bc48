import { readFileSync } from "node:fs";
import { join } from "node:path";
import { glob } from "tinyglobby";

/** A handler in somebody's repository. */
export interface Handler {
  /** Relative to the corpus, with forward slashes. */
  readonly file: string;
  readonly exportName: string;
}

/** Names under which examples export what Lambda calls. */
const NAME = "((?:lambda)?[hH]andler|lambda_handler)";

/** How a module exports such a name, in ESM and CommonJS. */
const EXPORTS: readonly RegExp[] = [
  new RegExp(String.raw`^\s*export\s+(?:async\s+)?function\s*\*?\s*${NAME}\b`, "m"),
  new RegExp(String.raw`^\s*export\s+(?:const|let|var)\s+${NAME}\b`, "m"),
  new RegExp(String.raw`^\s*export\s*\{[^}]*\b${NAME}\b\s*(?:,[^}]*)?\}`, "m"),
  new RegExp(String.raw`^\s*(?:module\.)?exports\.${NAME}\s*=`, "m"),
  new RegExp(String.raw`^\s*module\.exports\s*=\s*\{[^}]*\b${NAME}\b`, "m"),
];

const IGNORED = [
  "**/node_modules/**",
  "**/.sluice/**",
  "**/*.d.{ts,mts,cts}",
  "**/*.{test,spec}.*",
  "**/{test,tests,__tests__}/**",
];

/** The export of a module that looks like a handler; `null` when there is none. */
export function handlerIn(text: string): string | null {
  for (const pattern of EXPORTS) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  return null;
}

/** Finds the modules below `folder` that export a handler, in code-unit order. */
export async function findHandlers(folder: string): Promise<readonly Handler[]> {
  const files = await glob("**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}", {
    cwd: folder,
    ignore: IGNORED,
    dot: false,
  });
  return files.sort().flatMap((file) => {
    const exportName = handlerIn(readFileSync(join(folder, file), "utf8"));
    return exportName === null ? [] : [{ file: file.replaceAll("\\", "/"), exportName }];
  });
}
