import type { Problem } from "../problem.ts";
import { configErrors } from "./errors.ts";
import { unknownPlaceholders } from "./placeholders.ts";
import type { ResolvedConfig, ResolvedLayer } from "./resolved-types.ts";
import type { Config } from "./types.ts";
import { nearestOf } from "./validate.ts";

/** What a layer's `name` may hold in braces. */
const PLACEHOLDERS: readonly string[] = ["layer", "environment", "branch"];

/** Layers of one function (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const MAXIMUM_LAYERS = 5;

type LayerRule = (resolved: ResolvedConfig, file: string, given: Config) => Problem[];

/** Every list of layers as it is written: that of `bundle` is all functions', and wrong only once. */
function writtenLists(given: Config): readonly { readonly at: string; readonly layers: readonly string[] }[] {
  const own = Object.entries(given.functions ?? {}).map(([name, fn]) => ({
    at: `functions.${name}.layers`,
    layers: typeof fn === "string" ? [] : (fn.layers ?? []),
  }));
  return [{ at: "bundle.layers", layers: given.bundle?.layers ?? [] }, ...own];
}

/** Every layer that is named exists, and stands there once. */
const names: LayerRule = (resolved, file, given) => {
  const known = resolved.layers.map(({ name }) => name);
  return writtenLists(given).flatMap(({ at, layers }) => {
    const where = `${file}: ${at}`;
    const unknown = layers.filter((name) => !known.includes(name));
    const twice = layers.filter((name, index) => layers.indexOf(name) !== index);
    return [
      ...unknown.map((name) => {
        const near = nearestOf(name, known);
        const hint = near === null ? "Add it to the top-level `layers`." : `Did you mean \`${near}\`?`;
        return configErrors.rule(where, `There is no layer \`${name}\`.`, hint);
      }),
      ...[...new Set(twice)].map((name) =>
        configErrors.rule(where, `The layer \`${name}\` is named more than once.`, "Name it once."),
      ),
    ];
  });
};

const quota: LayerRule = (resolved, file) =>
  resolved.functions
    .filter((fn) => new Set(fn.layers).size > MAXIMUM_LAYERS)
    .map((fn) =>
      configErrors.rule(
        `${file}: functions.${fn.name}.layers`,
        `The function ${fn.name} has ${fn.layers.length} layers; AWS Lambda takes ${MAXIMUM_LAYERS}, those of others included.`,
        "Put what they hold into fewer layers, or bundle it.",
      ),
    );

function hasPython({ python }: ResolvedLayer): boolean {
  return python.requirements !== null && python.requirements.length > 0;
}

const contents: LayerRule = (resolved, file, given) =>
  resolved.layers.flatMap((layer) => {
    const { name, packages, folders } = layer;
    if (given.layers?.[name]?.python !== undefined && !hasPython(layer))
      return [
        configErrors.rule(
          `${file}: layers.${name}.python`,
          `The layer ${name} has \`python\` without \`requirements\`: what it holds is not looked for, as a function's is.`,
          'Name the file: python: { requirements: "layers/requirements.txt" }.',
        ),
      ];
    if (packages.length + folders.length > 0 || hasPython(layer)) return [];
    const hint =
      'Name what it holds: packages: ["zod"], folders: ["shared"], or python: { requirements: "layers/requirements.txt" }.';
    return [configErrors.rule(`${file}: layers.${name}`, `The layer ${name} holds nothing.`, hint)];
  });

/** Artifacts of layers are files named `layer-NAME`, beside those of functions. */
const fileNames: LayerRule = (resolved, file) =>
  resolved.layers.flatMap(({ name }, index) => {
    const same = (other: string): boolean => other.toLowerCase() === `layer-${name}`.toLowerCase();
    const fn = resolved.functions.find((each) => same(each.name));
    const layer = resolved.layers.slice(0, index).find((each) => same(`layer-${each.name}`));
    const clash =
      fn !== undefined
        ? `The function ${fn.name} and the layer ${name} would have one artifact, layer-${name}.zip.`
        : layer !== undefined
          ? `The layers ${layer.name} and ${name} differ only by case, so their artifacts would be one file on some machines.`
          : null;
    return clash === null ? [] : [configErrors.rule(`${file}: layers.${name}`, clash, "Rename one of them.")];
  });

/** Two layers that come to one name in AWS would take turns in publishing. */
const namesInAws: LayerRule = (resolved, file) =>
  resolved.layers.flatMap((layer, index) => {
    const name = (each: typeof layer): string => each.nameTemplate.replaceAll("{layer}", each.name);
    const twin = resolved.layers.slice(0, index).find((other) => name(other) === name(layer));
    if (twin === undefined) return [];
    return [
      configErrors.nameCollision(
        `${file}: layers.${layer.name}.name`,
        `The layers ${twin.name} and ${layer.name} both come to \`${name(layer)}\` in AWS.`,
        "Tell them apart: put {layer} into `name`.",
      ),
    ];
  });

/**
 * One package for all who use it: it cannot be for two architectures, nor for two languages; Python's wheels are for one version of it.
 */
const users: LayerRule = (resolved, file) =>
  resolved.layers.flatMap((layer) => {
    const using = resolved.functions.filter((fn) => fn.layers.includes(layer.name));
    const other = using.find((fn) => fn.architecture !== layer.architecture);
    const family = (runtime: string): string => runtime.replace(/[\d.]+x?$/, "");
    const fits = (runtime: string): boolean =>
      hasPython(layer) ? runtime === layer.runtime : family(runtime) === family(layer.runtime);
    const stranger = using.find((fn) => !fits(fn.runtime));
    const where = `${file}: layers.${layer.name}`;
    const misfit = (name: string, what: string, own: string): Problem =>
      configErrors.rule(
        where,
        `The layer ${layer.name} is for ${own}, and the function ${name} is for ${what}.`,
        "Make a layer for each, with `runtime` and `architecture` of its own.",
      );
    return [
      ...(other === undefined ? [] : [misfit(other.name, other.architecture, layer.architecture)]),
      ...(stranger === undefined || (layer.packages.length === 0 && !hasPython(layer))
        ? []
        : [misfit(stranger.name, stranger.runtime, layer.runtime)]),
    ];
  });

/** Packages are laid out for Node.js alone, requirements for Python. */
const runtimes: LayerRule = (resolved, file) =>
  resolved.layers.flatMap((layer) => {
    const { name, packages, runtime } = layer;
    const where = `${file}: layers.${name}`;
    const hint = "Put what it needs into a folder as that runtime looks for it, and name that in `folders`.";
    const isFor = `The layer ${name} is for ${runtime}`;
    return [
      ...(packages.length > 0 && !runtime.startsWith("nodejs")
        ? [
            configErrors.rule(
              `${where}.packages`,
              `${isFor}; packages are laid out for Node.js runtimes.`,
              hint,
            ),
          ]
        : []),
      ...(hasPython(layer) && !/^python3\.\d+$/.test(runtime)
        ? [
            configErrors.rule(
              `${where}.python`,
              `${isFor}; requirements are laid out for Python runtimes.`,
              hint,
            ),
          ]
        : []),
    ];
  });

const templates: LayerRule = (resolved, file) =>
  resolved.layers.flatMap(({ name, nameTemplate }) =>
    unknownPlaceholders(nameTemplate, PLACEHOLDERS, `${file}: layers.${name}.name`),
  );

const RULES: readonly LayerRule[] = [
  names,
  quota,
  contents,
  fileNames,
  namesInAws,
  users,
  runtimes,
  templates,
];

/** Rules over `layers` and the functions that use them. */
export function layerRules(given: Config, resolved: ResolvedConfig, file: string): Problem[] {
  return RULES.flatMap((rule) => rule(resolved, file, given));
}
