/**
 * A CDK app, run as a process of its own: what `cdk synth` would start. Arguments: a folder with aws-cdk-lib in its node_modules, the
 * repository's root, the output folder, functions and options as JSON.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { PeerFunction } from "./bundling-peer.ts";

/** As much of aws-cdk-lib as is used: it is installed into the cache, and has no types here. */
interface Cdk {
  readonly App: new (props: object) => { synth(): unknown };
  readonly Stack: new (scope: object, id: string) => object;
}
interface Lambda {
  readonly Runtime: { readonly NODEJS_22_X: unknown };
}
interface LambdaNodejs {
  readonly NodejsFunction: new (scope: object, id: string, props: object) => object;
  readonly OutputFormat: { readonly ESM: unknown };
}

/** What the app is told. */
export interface CdkAppInput {
  /** Folder whose node_modules hold aws-cdk-lib. */
  readonly library: string;
  readonly root: string;
  readonly outdir: string;
  readonly functions: readonly PeerFunction[];
  readonly banner: string;
}

const { library, root, outdir, functions, banner } = JSON.parse(process.argv[2] ?? "") as CdkAppInput;
const load = createRequire(join(library, "app.js"));
const cdk = load("aws-cdk-lib") as Cdk;
const { Runtime } = load("aws-cdk-lib/aws-lambda") as Lambda;
const { NodejsFunction, OutputFormat } = load("aws-cdk-lib/aws-lambda-nodejs") as LambdaNodejs;

const app = new cdk.App({ outdir });
const stack = new cdk.Stack(app, "bench");
const bundling = {
  ...{ minify: true, sourceMap: true, target: "node22", format: OutputFormat.ESM, banner },
  bundleAwsSDK: true,
};
for (const { name, source } of functions) {
  new NodejsFunction(stack, name, {
    functionName: name,
    entry: join(root, source),
    projectRoot: root,
    depsLockFilePath: join(root, "package-lock.json"),
    runtime: Runtime.NODEJS_22_X,
    bundling,
  });
}
app.synth();
