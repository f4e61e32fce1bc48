import { copyFile, mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Narrator } from "./narrator.ts";
import { app, ROOT } from "./places.ts";
import type { Team } from "./remote.ts";
import { type Env, sluice } from "./sluice.ts";

/** Where the reader finds the page afterwards: in the sample's cache, which git ignores. */
const PAGE = join(app("orders-api"), ".sluice", "demo", "status.html");

/** Shows what is live where in one repository, and keeps the page of it. */
export async function showStatus(
  { chapter, say, command, output }: Narrator,
  team: Team,
  job: Env,
): Promise<void> {
  chapter("What is live where, since when, and whether it is what was deployed");
  command(`sluice status --html ../status.html     # in ${team.name}`);
  const { stderr } = await sluice(team.clone, ["status", "--html", "../status.html"], job);
  output(stderr);
  await mkdir(join(PAGE, ".."), { recursive: true });
  await copyFile(join(team.clone, "..", "status.html"), PAGE);
  say(`Look at it: ${relative(ROOT, PAGE)}`);
}
