// Builds and tests everything, and closes with one line that sums the results of all packages. turbo keeps what has
// not changed, results included.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, turbo } from "./turbo.mjs";

const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

/** Packages that have tests, by their own package.json. */
function testedPackages() {
  return ["packages", "apps", "tooling"]
    .flatMap((room) => readdirSync(join(ROOT, room)).map((name) => join(ROOT, room, name)))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .filter((folder) => readJson(join(folder, "package.json")).scripts?.test !== undefined);
}

/** A package without a result did not run: that is a failure, never a silent pass. */
function resultOf(folder) {
  const file = join(folder, "test-results.json");
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const result = readJson(file);
  const failed = !result.success && result.numFailedTests === 0 ? 1 : result.numFailedTests;
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}

// Two tasks at once: one for each core of a small machine.
const options = ["--continue", "--concurrency=2", "--output-logs=new-only"];
const status = turbo(["run", "build", "test", ...options, ...process.argv.slice(2)]);

const total = { passed: 0, failed: 0, skipped: 0 };
for (const result of testedPackages().map(resultOf)) {
  for (const key of Object.keys(total)) total[key] += result[key];
}
// A build that failed fails the run even where older results say otherwise.
if (status !== 0 && total.failed === 0) total.failed = 1;
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
