import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Team } from "./remote.ts";

/** A feature of each repository: file, text before, text after. That of the API can be seen from outside: by ordering much. */
const FEATURES: Readonly<Record<string, readonly [string, string, string]>> = {
  "orders-api": ["src/order.ts", "v.maxValue(1000)", "v.maxValue(5000)"],
  "orders-worker": ["src/order-event.ts", '"cancelled"]', '"cancelled", "returned"]'],
};

/** More pieces than the first version takes, and fewer than the feature allows. */
export const BULK_QUANTITY = 2000;

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, "utf8");
  const changed = change(text);
  if (changed === text) throw new Error(`The demo's change does not fit ${file} any more.`);
  await writeFile(file, changed);
}

/** Ten percent of prod's calls for five minutes are what a team wants, and not what a reader waits for. */
export async function shortenBake(clone: string): Promise<void> {
  await edit(join(clone, "sluice.config.ts"), (text) => text.replace('bake: "5m"', 'bake: "2s"'));
}

/** Branches off `develop` and commits the feature there. */
export async function writeFeature(team: Team): Promise<void> {
  await team.git("checkout", "--quiet", "-b", "feature/bulk-orders", "develop");
  const [file, before, after] = FEATURES[team.name] ?? ["", "", ""];
  await edit(join(team.clone, file), (text) => text.replace(before, after));
  await team.git("commit", "--quiet", "--all", "-m", "feat: bulk orders and returns");
}

/** Merges the feature into `develop`. */
export async function mergeFeature(team: Team): Promise<void> {
  await team.git("checkout", "--quiet", "develop");
  await team.git("merge", "--quiet", "--no-ff", "-m", "merge feature/bulk-orders", "feature/bulk-orders");
}

/** Names a function that nobody has provisioned yet: code may come before infrastructure. */
export async function nameFutureFunction(team: Team): Promise<void> {
  await edit(join(team.clone, "sluice.config.ts"), (text) =>
    text.replace("\n  },\n  bundle:", '\n    "orders-report": "src/orders-read.ts",\n  },\n  bundle:'),
  );
  await team.git("commit", "--quiet", "--all", "-m", "feat: orders-report, to be provisioned");
}

/** Branches `release/1.1.0` off the newest merge of `develop` and sets the package version. */
export async function cutRelease(team: Team): Promise<void> {
  const merge = await team.git("rev-list", "--merges", "--max-count=1", "develop");
  await team.git("checkout", "--quiet", "-b", "release/1.1.0", merge);
  await edit(join(team.clone, "package.json"), (text) =>
    text.replace('"version": "1.0.0"', '"version": "1.1.0"'),
  );
  await team.git("commit", "--quiet", "--all", "-m", "chore: 1.1.0");
}

/** Merges the release into `main`. */
export async function mergeRelease(team: Team): Promise<void> {
  await team.git("checkout", "--quiet", "main");
  await team.git("merge", "--quiet", "--no-ff", "-m", "release 1.1.0", "release/1.1.0");
}

/** Commits to `develop` what passes a type check and breaks: whoever asks for an order that is not there gets a 500. */
export async function writeBug(team: Team): Promise<void> {
  await team.git("checkout", "--quiet", "develop");
  await edit(join(team.clone, "src/get-order.ts"), (text) =>
    text
      .replace(/\n.*order === undefined.*\n/, "\n")
      .replace("await store().find(id)", "(await store().find(id))!"),
  );
  await team.git("commit", "--quiet", "--all", "-m", "refactor: orders are always found");
}

/** Branches a hotfix off `main`, which passes every test and takes away what customers have got used to. */
export async function writeHotfix(team: Team): Promise<void> {
  await team.git("checkout", "--quiet", "-b", "hotfix/1.1.1", "main");
  await edit(join(team.clone, "src/order.ts"), (text) => text.replace("v.maxValue(5000)", "v.maxValue(500)"));
  await edit(join(team.clone, "package.json"), (text) =>
    text.replace('"version": "1.1.0"', '"version": "1.1.1"'),
  );
  await team.git("commit", "--quiet", "--all", "-m", "fix: no more than 500 at once");
}

/** Merges the hotfix into `main`. */
export async function mergeHotfix(team: Team): Promise<void> {
  await team.git("checkout", "--quiet", "main");
  await team.git("merge", "--quiet", "--no-ff", "-m", "hotfix 1.1.1", "hotfix/1.1.1");
}
