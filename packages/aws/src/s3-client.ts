import type { S3Client } from "@aws-sdk/client-s3";
import type { DeserializeMiddleware, MetadataBearer, MiddlewareStack } from "@smithy/types";
import type { ClientConfig } from "./client.ts";
import { withoutVersionWarning } from "./version-warning.ts";

/** The client of the scope's region, or of another one, loaded and made by the first call. */
export type S3Loader = (elsewhere?: string) => Promise<S3Client>;

export function s3Loader(config: () => Promise<ClientConfig>): S3Loader {
  const loading = new Map<string | undefined, ReturnType<S3Loader>>();
  const load: S3Loader = async (elsewhere) => {
    const sdk = await import("./sdk/s3.ts");
    const common = await config();
    // No "Expect: 100-continue": what is there is found by `head` before anything is sent, and servers that are not AWS
    // let the SDK wait for an answer to it. Path style, since a bucket is no host name at an endpoint of one's own.
    const own = { expectContinueHeader: false, forcePathStyle: common.endpoint !== undefined };
    const region = elsewhere ?? common.region;
    return withoutVersionWarning(() => new sdk.S3Client({ ...common, ...own, region }));
  };
  return (elsewhere) => {
    const known = loading.get(elsewhere) ?? load(elsewhere);
    loading.set(elsewhere, known);
    return known;
  };
}

interface DatedResponse {
  readonly headers?: Readonly<Record<string, string>>;
}

/** Notes when S3 answered by its own clock, in milliseconds since the epoch: the SDK's output does not tell. */
export function noteDate<I extends object, O extends MetadataBearer>(
  stack: MiddlewareStack<I, O>,
): { readonly answeredAt: number } {
  const noted = { answeredAt: Number.NaN };
  const middleware: DeserializeMiddleware<I, O> = (next) => async (args) => {
    const result = await next(args);
    noted.answeredAt = Date.parse((result.response as DatedResponse).headers?.date ?? "");
    return result;
  };
  stack.add(middleware, { step: "deserialize", name: "sluiceDate", priority: "low" });
  return noted;
}
