import type { Aws, CallCounter } from "@sluice/aws";
import type { Target } from "@sluice/core";
import { type Caller, call, failureClass } from "../call.ts";

/** A published layer version. */
export interface LayerVersion {
  /** Its number, as text: as function versions are written. */
  readonly version: string;
  readonly arn: string;
  /** Base64 SHA-256 of its zip, as AWS gives it. */
  readonly codeSha256: string | null;
}

/** What is known of the layer versions of a region. Each is asked for once. */
export interface LayerVersions {
  /** The newest version of a layer, `null` when there is none: two calls, counted in `calls(name)`. */
  newest(target: Target): Promise<LayerVersion | null>;
  /** The `codeSha256` of a version that a function has; `null` when it is gone, or another account's that may not be read. */
  codeSha256(arn: string, caller: Caller): Promise<string | null>;
  /** Calls that {@link newest} has made for a layer so far. */
  calls(name: string): CallCounter;
  /** After a publication: what was known of the layer's newest version is history. */
  forget(name: string): void;
}

const opened = new WeakMap<Aws, LayerVersions>();

/** The same object for the same door, so that layers and the functions that use them ask but once. */
export function layerVersions(aws: Aws): LayerVersions {
  const found = opened.get(aws) ?? createLayerVersions(aws);
  opened.set(aws, found);
  return found;
}

/** Layer and version of an ARN such as `arn:aws:lambda:eu-west-1:111111111111:layer:shared:4`. */
export function parseLayerArn(arn: string): { readonly name: string; readonly version: string } | null {
  const parts = arn.split(":");
  const [name, version] = parts.slice(6);
  return parts.length === 8 && name !== undefined && version !== undefined ? { name, version } : null;
}

function createLayerVersions(aws: Aws): LayerVersions {
  const newest = new Map<string, Promise<LayerVersion | null>>();
  const digests = new Map<string, Promise<string | null>>();
  const counters = new Map<string, CallCounter>();
  const once = <V>(map: Map<string, V>, key: string, make: () => V): V => {
    const value = map.get(key) ?? make();
    map.set(key, value);
    return value;
  };
  const countersOf = (name: string): CallCounter => once(counters, name, () => ({}));
  return {
    newest: (target) =>
      once(newest, target.target, () =>
        readNewest({ lambda: aws.lambda, target, calls: countersOf(target.target) }),
      ),
    codeSha256: (arn, caller) => once(digests, arn, () => readCodeSha256(arn, caller)),
    calls: countersOf,
    forget: (name) => {
      newest.delete(name);
      counters.delete(name);
    },
  };
}

/**
 * Reads the newest version and its digest. ListLayerVersions gives no digest but what a description claims, so that a second call
 * asks for the version itself.
 */
export async function readNewest(caller: Caller): Promise<LayerVersion | null> {
  const { target: LayerName } = caller.target;
  try {
    const { LayerVersions: [latest] = [] } = await call(caller, "ListLayerVersions", (lambda, calls) =>
      lambda.listLayerVersions({ LayerName, MaxItems: 1 }, calls),
    );
    if (latest?.LayerVersionArn === undefined) return null;
    const arn = latest.LayerVersionArn;
    const codeSha256 = await getCodeSha256(arn, caller);
    return { arn, version: String(latest.Version), codeSha256 };
  } catch (error) {
    if (failureClass(error) === "absent") return null;
    throw error;
  }
}

async function getCodeSha256(arn: string, caller: Caller): Promise<string | null> {
  const { Content } = await call(caller, "GetLayerVersionByArn", (lambda, calls) =>
    lambda.getLayerVersionByArn({ Arn: arn }, calls),
  );
  return Content?.CodeSha256 ?? null;
}

/** A deleted version serves the functions that have it, and another account's need not be open to ours: both are unknown. */
async function readCodeSha256(arn: string, caller: Caller): Promise<string | null> {
  try {
    return await getCodeSha256(arn, caller);
  } catch (error) {
    const kind = failureClass(error);
    if (kind === "absent" || kind === "denied") return null;
    throw error;
  }
}
