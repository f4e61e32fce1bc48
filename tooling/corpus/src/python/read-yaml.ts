import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { type Table, tableOf } from "./declared.ts";

/** CloudFormation's short functions, as `!Sub`: what they are given stands in their place. */
const TAG = /(^|[\s[,:-])![A-Za-z]+(?:::\w+)*(?=\s|$)/gm;

/** A bracket that closes at its key's own column: CloudFormation reads it. */
const CLOSING = /^(\s*)([}\]])/gm;

/** A YAML or JSON file with one table at its top; an empty one when it cannot be read, as many examples hold placeholders. */
export function readYaml(path: string): Table {
  try {
    return tableOf(load(readFileSync(path, "utf8").replace(TAG, "$1").replace(CLOSING, "$1          $2")));
  } catch {
    return {};
  }
}
