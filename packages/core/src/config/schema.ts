import * as v from "valibot";

import { deliveryEntries, testSchema } from "./delivery-schema.ts";
import { count, flag, object, objectOr, strict, text, texts } from "./schema-parts.ts";

/** Keys that the configuration knows but that this version does not act on: refused, since ignoring them would mislead. */
export const NOT_YET: ReadonlySet<string> = new Set(["requires"]);

const hook = v.optional(
  v.custom<(...args: never[]) => unknown>((value) => typeof value === "function", "must be a function"),
);
const pluginEntries = {
  name: text("the plugin's name"),
  config: hook,
  environment: hook,
  bundle: hook,
  attest: hook,
  gate: hook,
  plan: hook,
  apply: hook,
  report: hook,
};
const plugin = strict(pluginEntries);
const required = v.custom<(...args: never[]) => unknown>(
  (value) => typeof value === "function",
  "must be a function, as a strategy such as updateExisting() has it",
);
const strategy = strict({ ...pluginEntries, plan: required, apply: required });

const RUNTIME_HINT = "a Lambda runtime identifier, such as nodejs22.x or python3.13";

/** AWS Lambda, "Runtimes": identifiers of each family begin with its name. What follows is its bundler's to know. */
const RUNTIME = /^(?:nodejs|python|java|dotnet|ruby|go|provided)[0-9a-z.]*$/;

const runtime = v.pipe(text(RUNTIME_HINT), v.regex(RUNTIME, `must be ${RUNTIME_HINT}`));

/** A size in kB or MB, as file managers and AWS's quotas count them. */
export const SIZE: RegExp = /^(\d+(?:\.\d+)?) ?(B|kB|MB)$/i;

const python = strict({
  requirements: v.optional(
    v.lazy((input) =>
      Array.isArray(input)
        ? texts("a path, such as requirements.txt")
        : v.union(
            [v.literal(false), v.pipe(v.string(), v.trim(), v.nonEmpty())],
            "must be a path, such as requirements.txt or uv.lock, a list of paths, or false",
          ),
    ),
  ),
  groups: v.optional(texts("the name of a dependency group")),
  extras: v.optional(texts("the name of an extra")),
  findLinks: v.optional(texts("a folder with wheels")),
  slim: v.optional(flag),
  compiled: v.optional(flag),
  strip: v.optional(flag),
});

const bundleEntries = {
  runtime: v.optional(runtime),
  architecture: v.optional(v.picklist(["x86_64", "arm64"], 'must be "x86_64" or "arm64"')),
  minify: v.optional(flag),
  sourcemap: v.optional(v.union([v.boolean(), v.literal("beside")], 'must be true, false or "beside"')),
  format: v.optional(v.picklist(["esm", "cjs"], 'must be "esm" or "cjs"')),
  target: v.optional(text("an esbuild target, such as node22")),
  external: v.optional(texts("a package name")),
  include: v.optional(texts("a package name")),
  provided: v.optional(texts("a package name")),
  layers: v.optional(texts("the name of a layer")),
  assets: v.optional(
    v.array(
      objectOr(
        strict({ from: text("a path"), to: text("a path in the zip") }),
        text("a glob, or an object with from and to"),
      ),
      "must be a list: each a glob, or an object with from and to",
    ),
  ),
  importCheck: v.optional(
    objectOr(
      strict({ env: v.record(v.string(), v.string("must be a text"), "must be an object: name → text") }),
      v.boolean("must be true, false, or an object with env"),
    ),
  ),
  licenses: v.optional(flag),
  maxSize: v.optional(
    v.union(
      [v.pipe(v.number(), v.integer(), v.minValue(1)), v.pipe(v.string(), v.regex(SIZE))],
      'must be a size, as "5 MB" or "800 kB", or a whole number of bytes',
    ),
  ),
  esbuild: v.optional(object),
  python: v.optional(python),
};

const layerSchema = strict({
  packages: v.optional(texts("a package name")),
  folders: v.optional(
    v.array(
      objectOr(strict({ from: text("a folder"), to: text("a folder in the layer") }), text("a folder")),
      "must be a list: each a folder, or an object with from and to",
    ),
  ),
  python: v.optional(python),
  name: v.optional(text("a template, such as {layer}-{environment}")),
  runtime: v.optional(runtime),
  architecture: v.optional(v.picklist(["x86_64", "arm64"], 'must be "x86_64" or "arm64"')),
});

const functionSchema = strict({
  ...bundleEntries,
  entry: v.optional(text("a path, such as src/orders.ts or src/orders.ts#handler")),
  // AWS's form of an image in ECR; by digest, since a tag may stand for another image tomorrow.
  image: v.optional(
    v.pipe(
      text("a container image by digest"),
      v.regex(
        /^[^\s@]+@sha256:[0-9a-f]{64}$/,
        "must be a container image by digest: REPOSITORY@sha256:<64 hex digits>",
      ),
    ),
  ),
  test: v.optional(testSchema),
  handler: v.optional(text("a handler string, such as index.handler")),
  command: v.optional(text("a shell command")),
  inputs: v.optional(texts("a glob")),
});

const account = v.pipe(
  v.string("must be an AWS account id in quotes: twelve digits"),
  v.regex(/^\d{12}$/, "must be an AWS account id: twelve digits"),
);

const environmentSchema = strict({
  account: v.optional(account),
  accounts: v.optional(
    v.pipe(
      v.array(account, "must be a list of AWS account ids"),
      v.nonEmpty("must name at least one account"),
    ),
  ),
  region: v.optional(text("an AWS region, such as eu-west-1")),
  regions: v.optional(
    v.pipe(texts("an AWS region, such as eu-west-1"), v.nonEmpty("must name at least one region")),
  ),
  profile: v.optional(text("the name of a profile")),
  role: v.optional(
    v.pipe(
      text("the ARN of a role"),
      v.regex(
        /^arn:aws[a-z-]*:iam::(?:\d{12}|\{account\}):role\/.+$/,
        "must be the ARN of a role: arn:aws:iam::<account>:role/<name>",
      ),
    ),
  ),
  name: v.optional(text("a template, such as {function}-{environment}")),
  alias: v.optional(
    v.pipe(
      text("the name of an alias"),
      v.regex(
        /^(?!\d+$)[a-zA-Z0-9-_]{1,128}$/,
        "must be an alias name: letters, digits, - and _, not digits alone",
      ),
    ),
  ),
  strategy: v.optional(strategy),
  store: v.optional(text("a folder, or s3://bucket/prefix")),
  concurrency: v.optional(count),
  allowAnyBranch: v.optional(flag),
  allowDirty: v.optional(flag),
  ...deliveryEntries,
});

const branchSchema = objectOr(
  strict({
    environment: v.nullable(text("the name of an environment, or null")),
    matchPackageVersion: v.optional(flag),
  }),
  v.nullable(text("the name of an environment, null, or an object with environment and matchPackageVersion")),
);

/** What Lambda allows in the name of a layer (PublishLayerVersion, `LayerName`), shorter for a prefix in artifacts' file names. */
const layerName = v.pipe(
  v.string(),
  v.regex(/^[a-zA-Z0-9-_]{1,57}$/, "is not a layer name: use letters, digits, - and _, at most 57"),
);

/** Lambda's rule for function names, which artifacts' file names follow as well. */
const functionName = v.pipe(
  v.string(),
  v.regex(/^[a-zA-Z0-9-_]{1,64}$/, "is not a function name: use letters, digits, - and _, at most 64"),
);

export const configSchema: v.GenericSchema<unknown> = strict({
  extends: v.optional(
    v.lazy((input) =>
      Array.isArray(input) ? texts("a file or package") : text("a file or package, or a list of them"),
    ),
  ),
  functions: v.optional(
    v.record(
      functionName,
      objectOr(functionSchema, text("a path, or an object with entry")),
      "must be an object: name → function",
    ),
  ),
  bundle: v.optional(strict(bundleEntries)),
  layers: v.optional(v.record(layerName, layerSchema, "must be an object: name → layer")),
  environments: v.optional(
    v.record(v.pipe(v.string(), v.nonEmpty()), environmentSchema, "must be an object: name → environment"),
  ),
  branches: v.optional(v.record(v.string(), branchSchema, "must be an object: pattern → environment")),
  store: v.optional(text("a folder, or s3://bucket/prefix")),
  plugins: v.optional(v.array(plugin, "must be a list of plugins")),
  concurrency: v.optional(count),
});
