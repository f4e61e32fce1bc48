// Builds every package; says something only of what fails.
import { turbo } from "./turbo.mjs";

process.exitCode = turbo([
  "run",
  "build",
  "--output-logs=errors-only",
  "--log-order=grouped",
  ...process.argv.slice(2),
]);
