import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Architecture } from "@sluice/core";
import { globSync } from "tinyglobby";

/** What the texts of an example say of a function that no template declares: CDK, Terraform, a script, a README. */
export interface Mentioned {
  /** Absolute path of the example's folder. */
  readonly root: string;
  /** The handler string in AWS, where a text has one that ends at the module. */
  readonly handler: string | null;
  readonly runtime: string | null;
  readonly architecture: Architecture;
  readonly layered: boolean;
}

const MARKERS = /^(?:cdk\.json|.*\.tf|template\.ya?ml|serverless\.ya?ml|readme\.md)$/i;

/** Texts in which functions are told of. */
const TEXTS = ["**/*.{tf,ts,yml,yaml,json,sh,toml}", "**/*.py", "**/Makefile", "*.md"];
const IGNORED = ["**/node_modules/**", "**/.sluice/**", "**/package-lock.json", "**/test{,s}/**"];
const MOST_TEXTS = 300;
const MOST_BYTES = 200_000;

/** The nearest folder with a README or with what provisions, up to `corpus`; else the folder itself. */
function exampleOf(folder: string, corpus: string): string {
  for (let at = folder; at !== corpus && dirname(at) !== at; at = dirname(at))
    if (readdirSync(at).some((name) => MARKERS.test(name))) return at;
  return folder;
}

function readTexts(root: string): string {
  const paths = globSync(TEXTS, { cwd: root, ignore: IGNORED, dot: false }).sort().slice(0, MOST_TEXTS);
  return paths
    .map((path) => readFileSync(join(root, path), "utf8"))
    .filter((text) => text.length < MOST_BYTES)
    .join("\n");
}

const texts = new Map<string, string>();

function textsOf(root: string): string {
  const known = texts.get(root) ?? readTexts(root);
  texts.set(root, known);
  return known;
}

function runtimeIn(text: string): string | null {
  const minor =
    /\bpython3\.(\d+)\b/.exec(text)?.[1] ??
    /\bPYTHON_3_(\d+)\b/.exec(text)?.[1] ??
    /\bpython\W{0,3}3\.(\d+)/i.exec(text)?.[1];
  return minor === undefined ? null : `python3.${minor}`;
}

/** A handler string that ends as the file's path does, the longest first. */
function handlerIn(text: string, root: string, file: string, name: string): string | null {
  const parts = relative(root, file).replace(/\.py$/, "").split(/[\\/]/);
  const candidates = parts.flatMap((_, index) =>
    ["/", "."].map((separator) => `${parts.slice(index).join(separator)}.${name}`),
  );
  return (
    candidates.find((each) => ['"', "'", "`"].some((quote) => text.includes(quote + each + quote))) ?? null
  );
}

/**
 * @param file - absolute path of the module
 * @param name - function that looks like a handler
 * @param corpus - absolute path of the folder above which nothing is looked at
 */
export function mentionedIn(file: string, name: string, corpus: string): Mentioned {
  const root = exampleOf(dirname(file), corpus);
  const text = textsOf(root);
  return {
    root,
    handler: handlerIn(text, root, file, name),
    runtime: runtimeIn(text),
    architecture: /\bARM_64\b|["']arm64["']/.test(text) ? "arm64" : "x86_64",
    layered: /LayerVersion|aws_lambda_layer|\blayers\s*[=:]/.test(text),
  };
}
