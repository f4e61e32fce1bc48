import { joinErrors } from "@sluice/core";
import { filledIn } from "../traffic/alarms.ts";
import { alarmActive, alarmUnknown } from "../traffic/errors.ts";
import { type Look, problemsOf } from "./prerequisite.ts";

/** The alarms of `traffic`: each is there, and none is in ALARM, which would keep a rollout from being begun. */
export const lookAtAlarms: Look = async (_config, { environment, aws }, targets) => {
  const { traffic, name } = environment;
  if (traffic?.kind !== "steps" || traffic.alarms.length === 0) return null;
  const named = targets.map((target) => ({
    target,
    alarms: traffic.alarms.map((alarm) => filledIn(alarm, target, name)),
  }));
  const all = [...new Set(named.flatMap(({ alarms }) => alarms))];
  const check = async (): Promise<void> => {
    const states = await aws.alarms.states(all);
    const errors = named.flatMap(({ target, alarms }) => {
      const unknown = alarms.filter((alarm) => !states.has(alarm));
      const active = alarms.filter((alarm) => states.get(alarm) === "ALARM");
      return [
        ...(unknown.length === 0 ? [] : [alarmUnknown(target, unknown, name)]),
        ...(active.length === 0 ? [] : [alarmActive(target, active)]),
      ];
    });
    const problem = joinErrors(errors);
    if (problem !== undefined) throw problem;
  };
  const detail = `${all.length} in ${aws.scope.region}, none in ALARM`;
  return { subject: "alarms", detail, problems: await problemsOf(check()) };
};
