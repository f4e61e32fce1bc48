import type { CreateFunctionCommandInput } from "@aws-sdk/client-lambda";
import type { Acts } from "./acts.ts";
import type { Attempted } from "./attempt.ts";

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
  /** Other environments, as JavaScript. */
  readonly environments?: string;
  /** What else the configuration says, and what it imports, as JavaScript. */
  readonly more?: string;
  readonly imports?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Who does not play its part: moto runs no function. */
  readonly lacking?: readonly "moto"[];
  /** How each function is provisioned. */
  readonly provisioned?: Partial<CreateFunctionCommandInput>;
  /** Whether the alias is there from the start. Default `true`. */
  readonly aliasProvisioned?: boolean;
  /** Functions of other environments, by what stands before the world in their names. */
  readonly alsoProvisioned?: readonly string[];
  /** Function versions from the start, with an alias. Default 1. */
  readonly versions?: number;
  /** Whether the repository has an earlier commit with other code, and what is tried goes back to it. */
  readonly goesBack?: boolean;
  /** The command that faults are tried on. Default `deploy`. */
  readonly args?: readonly string[];
  /** As what the command is recorded. Default `deploy`. */
  readonly recordedAs?: string;
  /** Exit code of the command when nothing disturbs it. Default 0. */
  readonly exitCode?: number;
  /** What came before, undisturbed. */
  readonly before?: (acts: Acts) => Promise<void>;
  /** What comes after; gives the run that has to converge. Default: the same command once more. */
  readonly after?: (acts: Acts) => Promise<Attempted>;
  /** What else must be so in the end, in words. */
  readonly problems?: (acts: Acts) => Promise<readonly string[]>;
}

/** The configuration, which takes what differs from one process to the next from its environment. */
export function configOf(scenario: Scenario): string {
  const functions = scenario.functions.map((name) => `${JSON.stringify(name)}: "src/${name}.js"`);
  return `${scenario.imports ?? ""}
const { FAULTS_ACCOUNT: account, FAULTS_WORLD: world } = process.env;
const common = {
  account,
  region: "eu-west-1",
  ${scenario.alias === null ? "" : `alias: "${scenario.alias}",`}
  ${scenario.bucket ? 'store: "s3://artifacts-" + world + "/team",' : ""}
};
export default {
  functions: { ${functions.join(", ")} },
  ${scenario.more ?? ""}
  environments: {
    dev: {
      ...common,
      name: \`{function}-\${world}\`,
      ${scenario.environment ?? ""}
    },
    ${scenario.environments ?? ""}
  },
};
`;
}
