import type { RunContext } from "@sluice/core";
import type { Message } from "esbuild";
import { formatPlace } from "../errors.ts";
import type { BatchResult } from "./build.ts";
import { computedNotices, isComputed } from "./computed.ts";
import { placeOf, textOf } from "./message.ts";

/** What the builds of a group have to say beside their results, gathered so that it is said once. */
export class BuildSummary {
  readonly #warnings = new Map<string, Message>();
  readonly #provided = new Set<string>();
  readonly #packed = new Set<string>();
  /** Every file that was read for some entry, as metafiles name it. */
  readonly inputs: Set<string> = new Set();

  add({ entries, warnings, provided }: BatchResult): void {
    for (const warning of warnings)
      this.#warnings.set(JSON.stringify([warning.text, warning.location]), warning);
    for (const specifier of provided) this.#provided.add(specifier);
    for (const entry of entries.values()) {
      if ("messages" in entry) continue;
      for (const input of Object.keys(entry.metafile.inputs)) this.inputs.add(input);
      for (const { inputs } of Object.values(entry.metafile.outputs))
        for (const [path, { bytesInOutput }] of Object.entries(inputs))
          if (bytesInOutput > 0) this.#packed.add(path);
    }
  }

  /** Shows it. */
  tell(context: RunContext): void {
    const warnings = [...this.#warnings.values()];
    const notices = warnings
      .filter((message) => !isComputed(message))
      .map((message) => {
        const place = placeOf(message);
        return `${textOf(message)}${place === null ? "" : ` (${formatPlace(place)})`}`;
      });
    const computed = warnings.filter(isComputed);
    if (computed.length > 0) notices.push(...computedNotices(computed, this.#packed));
    if (this.#provided.size > 0) {
      const names = [...this.#provided].sort().join(", ");
      notices.push(
        `Not installed, so left to the version that the runtime has: ${names}. Install it to have what was tested run.`,
      );
    }
    for (const message of notices) context.emit({ type: "notice", message });
  }
}
