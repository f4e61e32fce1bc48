import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Declared } from "./declared.ts";

/** A Chalice application: `.chalice/config.json` beside its `app.py`, which Lambda calls as `app.app`. */
export function readChalice(path: string): readonly Declared[] {
  const root = dirname(dirname(path));
  if (!existsSync(join(root, "app.py"))) return [];
  const given = { architecture: "x86_64", env: {}, layered: false } as const;
  return [{ root, code: root, handler: "app.app", runtime: null, ...given }];
}
