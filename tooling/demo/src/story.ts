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
    text.replace(
      '"orders-read": "src/orders-read.ts",',
      '"orders-read": "src/orders-read.ts",\n    "orders-report": "src/orders-read.ts",',
    ),
  );
  await team.git("commit", "--quiet", "--all", "-m", "feat: orders-report, to be provisioned");
}

/** Branches `release/1.1.0` off `develop` and sets the package version. */
export async function cutRelease(team: Team): Promise<void> {
  await team.git("checkout", "--quiet", "-b", "release/1.1.0", "develop");
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
