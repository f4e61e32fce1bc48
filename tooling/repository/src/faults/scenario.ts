import type { CreateFunctionCommandInput } from "@aws-sdk/client-lambda";

/** A kind of deployment that faults are tried on. */
export interface Scenario {
  readonly name: string;
  /** Names in the configuration. */
  readonly functions: readonly string[];
  readonly alias: string | null;
  /** Whether artifacts and records go to a bucket. */
  readonly bucket: boolean;
  /** What else its environment says, as JavaScript. */
  readonly environment?: string;
  /** What else the configuration says, and what it imports, as JavaScript. */
  readonly more?: string;
  readonly imports?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Who does not play its part: moto runs no function, and knows no conditional writes. */
  readonly lacking?: readonly "moto"[];
  /** How each function is provisioned. */
  readonly provisioned?: Partial<CreateFunctionCommandInput>;
}

const ALIAS = "live";

const orders = ["orders"] as const;

export const SCENARIOS: readonly Scenario[] = [
  { name: "alias", functions: orders, alias: ALIAS, bucket: false },
  { name: "no alias", functions: orders, alias: null, bucket: false },
  { name: "alias and store", functions: orders, alias: ALIAS, bucket: true, lacking: ["moto"] },
  {
    name: "versions described",
    functions: orders,
    alias: ALIAS,
    bucket: false,
    imports: 'import { updateExisting } from "sluice";',
    environment: "strategy: updateExisting({ describeVersions: true }),",
  },
  {
    name: "test",
    functions: orders,
    alias: ALIAS,
    bucket: false,
    environment: 'test: { invoke: {}, expect: "orders" },',
    lacking: ["moto"],
  },
  {
    name: "canary",
    functions: orders,
    alias: ALIAS,
    bucket: false,
    environment: 'traffic: { canary: 10, bake: "1s" },',
  },
  { name: "two functions", functions: ["orders", "invoices"], alias: ALIAS, bucket: false },
];

/** The configuration, which takes what differs from one process to the next from its environment. */
export function configOf(scenario: Scenario): string {
  const functions = scenario.functions.map((name) => `${JSON.stringify(name)}: "src/${name}.js"`);
  return `${scenario.imports ?? ""}
const { FAULTS_ACCOUNT: account, FAULTS_WORLD: world } = process.env;
export default {
  functions: { ${functions.join(", ")} },
  ${scenario.more ?? ""}
  environments: {
    dev: {
      account,
      region: "eu-west-1",
      name: \`{function}-\${world}\`,
      ${scenario.alias === null ? "" : `alias: "${scenario.alias}",`}
      ${scenario.bucket ? 'store: "s3://artifacts-" + world + "/team",' : ""}
      ${scenario.environment ?? ""}
    },
  },
};
`;
}
