import { openAws, resolveRegions } from "@sluice/aws";
import type { ResolvedConfig, ResolvedEnvironment, RunContext } from "@sluice/core";
import { storeProbe } from "../code/package-code.ts";
import { type Place, placesOf } from "../promote/places.ts";
import type { Door } from "../settings.ts";
import { askedTargets } from "../status/asked-targets.ts";
import { lookAtAlarms } from "./alarms.ts";
import { lookAtGroups } from "./groups.ts";
import { type Prerequisite, problemsOf } from "./prerequisite.ts";
import { lookAtUrls } from "./urls.ts";

export interface PrerequisitesInput {
  readonly config: ResolvedConfig;
  readonly environment: ResolvedEnvironment;
  /** For name templates with `{branch}`. */
  readonly branch: string | null;
}

const LOOKS = [lookAtAlarms, lookAtGroups, lookAtUrls] as const;

/**
 * Looks at what an environment's deployments need and its configuration names: the store, that of the environment before, alarms,
 * CodeDeploy's groups, function URLs that tests ask. Nothing is written; what is not configured is not looked at.
 *
 * @param door - another way to AWS, for tests
 * @throws what stops everything: no credentials, an interruption, a name that makes no sense
 */
export async function checkPrerequisites(
  { config, environment, branch }: PrerequisitesInput,
  context: RunContext,
  door: Door = { openAws, resolveRegions },
): Promise<readonly Prerequisite[]> {
  const places = await placesOf(environment, context, door);
  const source = config.environments.find(({ name }) => name === environment.promoteFrom);
  const sources = source === undefined ? [] : await placesOf(source, context, door);
  const names = config.functions.map(({ name }) => name);
  const ofPlaces = places.map(async (place) => {
    const targets = askedTargets(place.environment, place.aws.scope.region, names, branch);
    const found = await Promise.all(LOOKS.map((look) => look(config, place, targets)));
    return found.filter((each) => each !== null);
  });
  const found = await Promise.all([
    probed(config, places, "store", "can be written to", "write"),
    probed(config, sources, "promotion", `of ${environment.promoteFrom} can be read`, "read"),
    ...ofPlaces,
  ]);
  return found.flat();
}

/** Each store once: a location without `{region}` is the same one in every region. */
async function probed(
  config: ResolvedConfig,
  places: readonly Place[],
  subject: string,
  says: string,
  wanted: "read" | "write",
): Promise<readonly Prerequisite[]> {
  const probes = new Map(
    places.flatMap(({ environment, aws }) => {
      const probe = storeProbe({ config, environment }, aws);
      return probe === null ? [] : [[`${environment.account} ${probe.location}`, probe] as const];
    }),
  );
  return Promise.all(
    [...probes.values()].map(async ({ location, ask }) => ({
      subject,
      detail: `${location} ${says}`,
      problems: await problemsOf(ask(wanted)),
    })),
  );
}
