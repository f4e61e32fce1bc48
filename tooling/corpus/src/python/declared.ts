import type { Architecture } from "@sluice/core";

/** A Python function as a template of its repository declares it. */
export interface Declared {
  /** Absolute path of the template's folder. */
  readonly root: string;
  /** Absolute path of the folder that the template packs. */
  readonly code: string;
  /** As `app.lambda_handler`, or with folders as `src/app.lambda_handler`. */
  readonly handler: string;
  /** As `python3.9`; `null` when the template does not tell. */
  readonly runtime: string | null;
  readonly architecture: Architecture;
  /** Variables that it gives: for what stands for a value, any text. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it names layers: what is imported may be there. */
  readonly layered: boolean;
}

export type Table = Readonly<Record<string, unknown>>;

export function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** What `!Sub` puts in. */
function filled(text: string): string {
  return text.replaceAll(/\$\{AWS::Region\}/g, "us-east-1").replaceAll(/\$\{[^}]*\}/g, "placeholder");
}

/** Variables of a table as text. `settle`: what stands for a value; what nothing tells is made up. */
export function envOf(
  value: unknown,
  settle: (each: unknown) => unknown = (each) => each,
): Record<string, string> {
  const entries = Object.entries(tableOf(value)).map(([name, each]) => [name, settle(each)]);
  const isPlain = (each: unknown): boolean => ["string", "number", "boolean"].includes(typeof each);
  return Object.fromEntries(
    entries.map(([name, each]) => [name, isPlain(each) ? filled(String(each)) : "placeholder"]),
  );
}

/** `python3.9` → `python3.9`, everything else → `null`. */
export function pythonRuntime(value: unknown): string | null {
  return /^python3\.\d+$/.exec(textOf(value) ?? "")?.[0] ?? null;
}

/** Architecture of `arm64`, or of a list that has it alone. */
export function architectureOf(value: unknown): Architecture {
  return [value].flat().includes("arm64") ? "arm64" : "x86_64";
}
