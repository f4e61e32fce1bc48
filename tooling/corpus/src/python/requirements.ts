import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files that a function's dependencies stand in, the strongest first. */
const FILES = ["pylock.toml", "uv.lock", "poetry.lock", "Pipfile.lock", "requirements.txt"];

/** A CDK application is not packed, and what a Dockerfile is beside, or right above, is a container image. */
function isOfFunction(path: string, top: string): boolean {
  const folder = dirname(path);
  const folders = folder === top ? [folder] : [folder, dirname(folder)];
  const isImage = folders.some((each) => existsSync(join(each, "Dockerfile")));
  return !isImage && !/aws[-_]cdk/i.test(readFileSync(path, "utf8"));
}

/** The file with a function's dependencies: the nearest one, from the folder of its source up to `top`. `null` without one. */
export function requirementsOf(folder: string, top: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const found = FILES.map((name) => join(at, name)).find((path) => existsSync(path));
    if (found !== undefined) return isOfFunction(found, top) ? found : null;
    if (at === top || dirname(at) === at) return null;
  }
}
