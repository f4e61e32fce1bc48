import type { RunContext, RunEvent } from "@sluice/core";

/** How notices begin that are about one function. */
const ABOUT = /^([\w-]+): /;

const MOST = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST).join(", ");
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}

/** Notices of a run, in which what is to be told of several functions is told once. */
export interface GatheredNotices {
  /** Passes on at once what is not about one function, each text once. */
  readonly emit: RunContext["emit"];
  /** Tells what was gathered: once for all functions that it is about. */
  tell(): void;
}

/** @param names - of the functions whose notices are gathered, in their order */
export function gatherNotices(names: readonly string[], emit: RunContext["emit"]): GatheredNotices {
  const gathered = new Map<string, Set<string>>();
  return {
    emit: (event: RunEvent) => {
      const name = event.type === "notice" ? ABOUT.exec(event.message)?.[1] : undefined;
      if (event.type !== "notice" || name === undefined || !names.includes(name)) return emit(event);
      const rest = event.message.slice(name.length + 2);
      const about = gathered.get(rest) ?? new Set<string>();
      gathered.set(rest, about.add(name));
    },
    tell: () => {
      for (const [rest, about] of gathered) {
        const message = `${listed(names.filter((name) => about.has(name)))}: ${rest}`;
        emit({ type: "notice", message });
      }
      gathered.clear();
    },
  };
}
