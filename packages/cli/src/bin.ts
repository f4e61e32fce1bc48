#!/usr/bin/env node
import { SLUICE_VERSION } from "./version.ts";

// `sluice --version` costs no more than starting Node.js: nothing else is loaded for it.
const [first, ...others] = process.argv.slice(2);
if ((first === "--version" || first === "-v") && others.length === 0) {
  process.stdout.write(`${SLUICE_VERSION}\n`);
} else {
  const { main } = await import("./main.ts");
  await main(process);
}
