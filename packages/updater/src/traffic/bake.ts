import { idly } from "../apply/target-run.ts";
import { alarmed, alarmNames } from "./alarms.ts";
import { saysAlarm, saysUnknown } from "./errors.ts";
import { span } from "./note.ts";
import type { Walk } from "./steps.ts";
import type { Sign } from "./turn-back.ts";

/** Milliseconds between two looks at the alarms, at most; in short pauses four looks. */
const LOOK_MS = 5_000;

/**
 * Lets a share stay for the pause, and looks at the alarms meanwhile.
 *
 * @returns the first bad sign, `null` when there was none
 * @throws the signal's reason when the run is cancelled
 */
export async function bake({ run, version, traffic }: Walk, percent: number): Promise<Sign | null> {
  const { context, target } = run;
  const pause = traffic.pauseSeconds * 1_000;
  const look = alarmNames(run).length === 0 ? pause : Math.min(LOOK_MS, pause / 4);
  const deadline = context.now() + pause;
  const share = `version ${version} gets ${percent} % of the calls for ${span(traffic.pauseSeconds)}`;
  run.step(share);
  // Where no terminal shows progress, minutes would pass without a word.
  context.emit({ type: "notice", message: `${target.target} in ${target.region}: ${share}.` });
  for (let left = pause; left > 0; left = deadline - context.now()) {
    const rest = Math.min(look, left);
    await idly(run, () => context.sleep(rest));
    // No answer from before half of this rest: what several rollouts ask is asked once.
    const { active, unknown } = await alarmed(run, look / 2);
    if (active.length > 0) return { kind: "bad", says: saysAlarm(active) };
    if (unknown.length > 0) return { kind: "bad", says: saysUnknown(unknown) };
  }
  return null;
}
