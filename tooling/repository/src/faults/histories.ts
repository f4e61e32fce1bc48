import type { Acts } from "./acts.ts";
import type { Attempted } from "./attempt.ts";
import { recordsOf } from "./records.ts";

/** The earlier commit is deployed, then the later one: what a rollback goes back from. */
export async function deployBoth({ stage, done }: Acts): Promise<void> {
  await done(["deploy"], stage.earlier ?? undefined);
  await done(["deploy"]);
}

/** The commit is deployed to the environment before, which is what a promotion needs. */
export async function deployStaging({ done }: Acts): Promise<void> {
  await done(["deploy", "--environment", "staging"]);
}

/**
 * Rolls back again, as somebody does whose rollback was cut off. One that is recorded is done, and another would go one further back:
 * then the same is asked for by its digest, which changes nothing.
 */
export async function rollBackUnlessRecorded({ stage, world, run }: Acts): Promise<Attempted> {
  const objects = await world.objects();
  const names = Object.keys(stage.codeSha256);
  const recorded = names.find((name) =>
    recordsOf(objects, world.targetOf(name)).some(({ command }) => command === "rollback"),
  );
  if (recorded === undefined) return run(["rollback"]);
  const digest = Buffer.from(stage.codeSha256[recorded] ?? "", "base64").toString("hex");
  return run(["rollback", recorded, "--to-digest", `sha256:${digest}`]);
}
