import { dirname } from "node:path";
import { architectureOf, type Declared, envOf, pythonRuntime, tableOf, textOf } from "./declared.ts";
import { readYaml } from "./read-yaml.ts";

/** Python functions of a serverless.yml. Its handlers are paths from the service's folder. */
export function readServerless(path: string): readonly Declared[] {
  const service = readYaml(path);
  const root = dirname(path);
  const provider = tableOf(service["provider"]);
  if (provider["name"] !== undefined && provider["name"] !== "aws") return [];
  return Object.values(tableOf(service["functions"])).flatMap((value) => {
    const own = tableOf(value);
    const handler = textOf(own["handler"]);
    const runtime = pythonRuntime(own["runtime"] ?? provider["runtime"]);
    if (handler === null || runtime === null) return [];
    const architecture = architectureOf(own["architecture"] ?? provider["architecture"]);
    const layered = (own["layers"] ?? provider["layers"]) !== undefined;
    const env = { ...envOf(provider["environment"]), ...envOf(own["environment"]) };
    return [{ root, code: root, handler, runtime, architecture, env, layered }];
  });
}
