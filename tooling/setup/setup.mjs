// Makes a fresh clone ready: installs the pinned pnpm into the repository and with it all dependencies. Nothing
// global, nothing but Node.js and its npm. Does nothing when everything is in place.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./turbo.mjs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Sluice needs Node.js 20.19 or later; this is ${process.versions.node}.\n`);
  process.exit(2);
}

const { packageManager } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const lockfile = readFileSync(join(ROOT, "pnpm-lock.yaml"));
const wanted = createHash("sha256").update(packageManager).update(lockfile).digest("hex");
const mark = join(ROOT, "node_modules", ".sluice-setup");

if (!existsSync(mark) || readFileSync(mark, "utf8") !== wanted) {
  process.stderr.write("Installing dependencies …\n");
  const pnpm = ["exec", "--yes", `--package=${packageManager}`, "--", "pnpm", "install", "--frozen-lockfile"];
  const { status } = spawnSync("npm", pnpm, {
    cwd: ROOT,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    process.stderr.write("The dependencies could not be installed; the reason stands above.\n");
    process.exit(status ?? 1);
  }
  writeFileSync(mark, wanted);
}
