import { dirname, resolve } from "node:path";
import {
  architectureOf,
  type Declared,
  envOf,
  pythonRuntime,
  type Table,
  tableOf,
  textOf,
} from "./declared.ts";
import { readYaml } from "./read-yaml.ts";

const FUNCTIONS: readonly unknown[] = ["AWS::Serverless::Function", "AWS::Lambda::Function"];

/** A value, or the default of the parameter that it refers to: `!Ref` has become its name. */
function settled(value: unknown, parameters: Table): unknown {
  const reference = tableOf(value)["Ref"] ?? value;
  const parameter = textOf(reference) === null ? undefined : parameters[reference as string];
  return parameter === undefined ? value : tableOf(parameter)["Default"];
}

/** Folder that is packed; a template without one packs its own. `null` for code that is elsewhere. */
function codeOf(own: Table, folder: string): string | null {
  if ("InlineCode" in own) return null;
  const code = own["CodeUri"] ?? own["Code"];
  if (code === undefined) return folder;
  const path = textOf(code);
  return path === null || path.startsWith("s3:") ? null : resolve(folder, path);
}

function variablesOf(properties: Table, parameters: Table): Record<string, string> {
  return envOf(tableOf(properties["Environment"])["Variables"], (each) => settled(each, parameters));
}

/** Python functions of a template of SAM or CloudFormation whose code is in the repository. */
export function readTemplate(path: string): readonly Declared[] {
  const template = readYaml(path);
  const folder = dirname(path);
  const parameters = tableOf(template["Parameters"]);
  const shared = tableOf(tableOf(template["Globals"])["Function"]);
  return Object.values(tableOf(template["Resources"])).flatMap((resource) => {
    const { Type, Properties } = tableOf(resource);
    if (!FUNCTIONS.includes(Type)) return [];
    const own: Table = { ...shared, ...tableOf(Properties) };
    const handler = textOf(own["Handler"]);
    const runtime = pythonRuntime(settled(own["Runtime"], parameters));
    const code = codeOf(own, folder);
    if (handler === null || runtime === null || code === null) return [];
    const architecture = architectureOf(
      [own["Architectures"]].flat().map((each) => settled(each, parameters)),
    );
    const env = { ...variablesOf(shared, parameters), ...variablesOf(tableOf(Properties), parameters) };
    const layered = own["Layers"] !== undefined;
    return [{ root: folder, code, handler, runtime, architecture, env, layered }];
  });
}
