import { deployBoth, deployStaging, rollBackUnlessRecorded } from "./histories.ts";
import { attachAndDeploy, LAYER, layerProblems, publishAndAttach } from "./layers.ts";
import { keptProblems } from "./pruned.ts";
import type { Scenario } from "./scenario.ts";

const ALIAS = "live";

const orders = ["orders"] as const;

export const SCENARIOS: readonly Scenario[] = [
  { name: "alias", functions: orders, alias: ALIAS, bucket: false },
  { name: "no alias", functions: orders, alias: null, bucket: false },
  { name: "alias and store", functions: orders, alias: ALIAS, bucket: true },
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
  // As many as are worth a list.
  { name: "listed", functions: ["orders", "invoices", "refunds"], alias: null, bucket: false },
  {
    name: "alias created",
    functions: orders,
    alias: ALIAS,
    aliasProvisioned: false,
    bucket: false,
    environment: "createAlias: true,",
  },
  {
    name: "pruned",
    functions: orders,
    alias: ALIAS,
    versions: 4,
    bucket: false,
    environment: "keepVersions: 2,",
    problems: keptProblems,
  },
  {
    name: "promotion",
    functions: orders,
    alias: ALIAS,
    bucket: true,
    environment: 'promoteFrom: "staging",',
    environments: 'staging: { ...common, name: "{function}-staging-" + world, allowAnyBranch: true },',
    alsoProvisioned: ["orders-staging"],
    before: deployStaging,
    args: ["promote"],
    recordedAs: "promote",
  },
  {
    name: "rollback",
    functions: orders,
    alias: ALIAS,
    bucket: true,
    goesBack: true,
    before: deployBoth,
    args: ["rollback"],
    recordedAs: "rollback",
    after: rollBackUnlessRecorded,
  },
  {
    name: "rollback, no alias",
    functions: orders,
    alias: null,
    bucket: true,
    goesBack: true,
    before: deployBoth,
    args: ["rollback"],
    recordedAs: "rollback",
    after: rollBackUnlessRecorded,
  },
  {
    name: "layer to publish",
    functions: orders,
    alias: ALIAS,
    bucket: false,
    ...LAYER,
    // The function has yet to be given the layer version that was published.
    exitCode: 4,
    after: attachAndDeploy,
    problems: layerProblems,
    lacking: ["moto"],
  },
  {
    name: "layer attached",
    functions: orders,
    alias: ALIAS,
    bucket: false,
    ...LAYER,
    before: publishAndAttach,
    problems: layerProblems,
    lacking: ["moto"],
  },
];
