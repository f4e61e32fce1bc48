import type { Narrator } from "./narrator.ts";
import { type Observed, showOverview } from "./overview.ts";
import type { Team } from "./remote.ts";
import { type Env, sluice } from "./sluice.ts";
import {
  cutRelease,
  mergeFeature,
  mergeHotfix,
  mergeRelease,
  nameFutureFunction,
  writeBug,
  writeFeature,
  writeHotfix,
} from "./story.ts";

/** What is up. */
export interface World {
  readonly narrator: Narrator;
  readonly endpoint: string;
  readonly observed: readonly Observed[];
  /** orders-api and orders-worker. */
  readonly teams: readonly [Team, Team];
  /** Environment of a CI job, for commands by hand. */
  readonly job: Env;
}

/** Pushes a branch of repositories, and shows what their CI jobs print. */
async function push({ command, output }: Narrator, teams: readonly Team[], branch: string): Promise<void> {
  const printed = await Promise.all(teams.map((team) => team.push(branch)));
  for (const [index, { name }] of teams.entries()) {
    command(`git push origin ${branch}     # in ${name}`);
    output(printed[index] ?? "");
  }
}

/** From a feature branch to prod. */
export async function release({ narrator, endpoint, observed, teams }: World): Promise<void> {
  const { chapter, say } = narrator;
  const [api] = teams;
  chapter("A feature branch: built and checked, deployed nowhere");
  await Promise.all(teams.map(writeFeature));
  await push(narrator, teams, "feature/bulk-orders");

  chapter("develop → dev: tested at an alias of its own, then live");
  say("orders-api also names a function that nobody has provisioned yet.");
  await Promise.all(teams.map(mergeFeature));
  await nameFutureFunction(api);
  await push(narrator, teams, "develop");
  await showOverview(narrator, endpoint, observed, ["dev"]);

  chapter("release/1.1.0 → staging");
  await Promise.all(teams.map(cutRelease));
  await push(narrator, teams, "release/1.1.0");
  await showOverview(narrator, endpoint, observed, ["staging"]);

  chapter("main → prod: the very bytes of staging, nothing is built");
  say("orders-api rolls out: 10 % of the calls first, while an alarm is watched.");
  say("(Its configuration says for five minutes; here it is two seconds.)");
  await Promise.all(teams.map(mergeRelease));
  await push(narrator, teams, "main");
  await showOverview(narrator, endpoint, observed, ["staging", "prod"]);

  chapter("Once more: what has not changed costs one read, and no write");
  for (const team of teams) await team.git("commit", "--quiet", "--allow-empty", "-m", "chore: nothing");
  await push(narrator, teams, "main");
}

/** What a team is afraid of. */
export async function trouble({ narrator, endpoint, observed, teams, job }: World): Promise<void> {
  const { chapter, say, command, output } = narrator;
  const [api] = teams;
  chapter("A bad version: its test fails, and no caller gets it");
  say("A refactoring lost a check: orders that are not there now get a 500.");
  await writeBug(api);
  await push(narrator, [api], "develop");

  chapter("A bad idea: all tests pass, it is in prod, and customers call");
  say("Version 1.1.1 takes no more than 500 pieces at once.");
  await writeHotfix(api);
  command("git push origin hotfix/1.1.1     # in orders-api: → staging");
  await api.push("hotfix/1.1.1");
  await mergeHotfix(api);
  await push(narrator, [api], "main");
  await showOverview(narrator, endpoint, observed);

  chapter("Three in the morning: back, without building");
  command("sluice rollback --environment prod     # in orders-api");
  output((await sluice(api.clone, ["rollback", "--environment", "prod"], job)).stderr);
  await showOverview(narrator, endpoint, observed);
}
