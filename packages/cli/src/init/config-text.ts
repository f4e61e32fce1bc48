/** A function as a first configuration has it. */
export type FirstFunction = string | { readonly entry: string; readonly handler: string };

const ACCOUNT = "`account` makes a deployment with the wrong credentials impossible: add it.";
const BRANCHES = "develop → dev, release/* and hotfix/* → staging, main or master → prod.";

/** Environment → template of the functions' names in AWS. */
const ENVIRONMENTS: readonly (readonly [string, string])[] = [
  ["dev", "{function}-dev"],
  ["staging", "{function}-staging"],
  ["prod", "{function}"],
];

/** The keys of an object, in the spelling of both languages. */
function fields(values: Readonly<Record<string, string>>, sign: ":" | " ="): string {
  const parts = Object.entries(values).map(([key, value]) => `${key}${sign} ${JSON.stringify(value)}`);
  return `{ ${parts.join(", ")} }`;
}

/** The text of a first `sluice.config.ts`. */
export function configText(functions: ReadonlyMap<string, FirstFunction>, region: string): string {
  const lines = [...functions].map(([name, fn]) => {
    const value = typeof fn === "string" ? JSON.stringify(fn) : fields({ ...fn }, ":");
    return `    ${JSON.stringify(name)}: ${value},`;
  });
  const environments = ENVIRONMENTS.map(
    ([key, name]) => `    ${key}: { region: ${JSON.stringify(region)}, name: ${JSON.stringify(name)} },`,
  );
  return `import { defineConfig } from "sluice";

export default defineConfig({
  functions: {
${lines.join("\n")}
  },
  // ${BRANCHES}
  // ${ACCOUNT}
  environments: {
${environments.join("\n")}
  },
});
`;
}

/** The tables of a first configuration in `pyproject.toml`. */
export function toolTables(functions: ReadonlyMap<string, FirstFunction>, region: string): string {
  // What JSON writes as a text is one in TOML, too (TOML 1.0, "String").
  const lines = [...functions].map(([name, fn]) => {
    const value = typeof fn === "string" ? JSON.stringify(fn) : fields({ ...fn }, " =");
    return `${name} = ${value}`;
  });
  const environments = ENVIRONMENTS.map(
    ([key, name]) =>
      `[tool.sluice.environments.${key}]\nregion = ${JSON.stringify(region)}\nname = ${JSON.stringify(name)}\n`,
  );
  return `[tool.sluice.functions]
${lines.join("\n")}

# ${BRANCHES}
# ${ACCOUNT}
${environments.join("\n")}`;
}
