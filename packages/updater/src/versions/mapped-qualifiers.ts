import { type Caller, call } from "../call.ts";

/** Most on a page: https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
const PAGE = 100;

/**
 * The qualifiers that event source mappings of a region are bound to, as `name:7`: a call for 100 mappings. They are listed for all
 * functions, as AWS does not say whether asking by a function's name gives those of its versions too.
 */
export async function mappedQualifiers(caller: Caller): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let marker: string | undefined;
  do {
    const input = { MaxItems: PAGE, ...(marker === undefined ? {} : { Marker: marker }) };
    const page = await call(caller, "ListEventSourceMappings", (lambda, calls) =>
      lambda.listEventSourceMappings(input, calls),
    );
    for (const { FunctionArn } of page.EventSourceMappings ?? []) {
      // arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]
      const [, , , , , , name, qualifier] = FunctionArn?.split(":") ?? [];
      if (name !== undefined && qualifier !== undefined) found.add(`${name}:${qualifier}`);
    }
    marker = page.NextMarker || undefined;
  } while (marker !== undefined);
  return found;
}
