/** What of a request tells its operation. */
export interface RequestHead {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A call by the names of its service's API reference. */
export interface Operation {
  /** As the signature's scope names it: `lambda`, `sts`, `s3`; `lambda-url` for function URLs, `http` when unsigned. */
  readonly service: string;
  /** As `GetFunction`; method and path where the service's protocol does not tell. */
  readonly operation: string;
}

type Route = readonly [method: string, path: RegExp, operation: string];

const FUNCTION = "^/2015-03-31/functions/[^/]+";
const LAYERS = "/2018-10-31/layers";
const LAYER = `^${LAYERS}/[^/]+/versions`;
const route = (method: string, path: string, operation: string): Route => [
  method,
  new RegExp(`${path}/?$`),
  operation,
];

/** Method and path of Lambda's REST API: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
const LAMBDA: readonly Route[] = [
  route("GET", FUNCTION, "GetFunction"),
  route("DELETE", FUNCTION, "DeleteFunction"),
  route("GET", "^/2015-03-31/functions", "ListFunctions"),
  route("POST", "^/2015-03-31/functions", "CreateFunction"),
  route("PUT", `${FUNCTION}/code`, "UpdateFunctionCode"),
  route("GET", `${FUNCTION}/configuration`, "GetFunctionConfiguration"),
  route("PUT", `${FUNCTION}/configuration`, "UpdateFunctionConfiguration"),
  route("GET", `${FUNCTION}/versions`, "ListVersionsByFunction"),
  route("POST", `${FUNCTION}/versions`, "PublishVersion"),
  route("GET", `${FUNCTION}/aliases`, "ListAliases"),
  route("POST", `${FUNCTION}/aliases`, "CreateAlias"),
  route("GET", `${FUNCTION}/aliases/[^/]+`, "GetAlias"),
  route("PUT", `${FUNCTION}/aliases/[^/]+`, "UpdateAlias"),
  route("DELETE", `${FUNCTION}/aliases/[^/]+`, "DeleteAlias"),
  route("GET", `${FUNCTION}/policy`, "GetPolicy"),
  route("POST", `${FUNCTION}/policy`, "AddPermission"),
  route("DELETE", `${FUNCTION}/policy/[^/]+`, "RemovePermission"),
  route("POST", `${FUNCTION}/invocations`, "Invoke"),
  route("GET", "^/2015-03-31/event-source-mappings", "ListEventSourceMappings"),
  route("POST", "^/2015-03-31/event-source-mappings", "CreateEventSourceMapping"),
  route("GET", "^/2015-03-31/event-source-mappings/[^/]+", "GetEventSourceMapping"),
  route("PUT", "^/2015-03-31/event-source-mappings/[^/]+", "UpdateEventSourceMapping"),
  route("DELETE", "^/2015-03-31/event-source-mappings/[^/]+", "DeleteEventSourceMapping"),
  route("GET", "^/2021-10-31/functions/[^/]+/url", "GetFunctionUrlConfig"),
  route("POST", "^/2021-10-31/functions/[^/]+/url", "CreateFunctionUrlConfig"),
  route("PUT", "^/2021-10-31/functions/[^/]+/url", "UpdateFunctionUrlConfig"),
  route("DELETE", "^/2021-10-31/functions/[^/]+/url", "DeleteFunctionUrlConfig"),
  route("PUT", "^/2017-10-31/functions/[^/]+/concurrency", "PutFunctionConcurrency"),
  route("GET", "^/2019-09-30/functions/[^/]+/concurrency", "GetFunctionConcurrency"),
  route("GET", "^/2017-03-31/tags/.+", "ListTags"),
  route("POST", "^/2017-03-31/tags/.+", "TagResource"),
  route("DELETE", "^/2017-03-31/tags/.+", "UntagResource"),
  route("GET", LAYER, "ListLayerVersions"),
  route("POST", LAYER, "PublishLayerVersion"),
  route("GET", `${LAYER}/[^/]+`, "GetLayerVersion"),
  route("DELETE", `${LAYER}/[^/]+`, "DeleteLayerVersion"),
  route("GET", "^/2016-08-19/account-settings", "GetAccountSettings"),
];

/** S3's operations on a bucket and on an object, by method and the query's key, the plain one last. */
const S3: Readonly<Record<string, readonly (readonly [query: string, bucket: string, object: string])[]>> = {
  GET: [
    ["list-type", "ListObjectsV2", "GetObject"],
    ["location", "GetBucketLocation", "GetObject"],
    ["uploads", "ListMultipartUploads", "GetObject"],
    ["uploadId", "ListObjects", "ListParts"],
    ["", "ListObjects", "GetObject"],
  ],
  HEAD: [["", "HeadBucket", "HeadObject"]],
  PUT: [
    ["partNumber", "CreateBucket", "UploadPart"],
    ["", "CreateBucket", "PutObject"],
  ],
  DELETE: [
    ["uploadId", "DeleteBucket", "AbortMultipartUpload"],
    ["", "DeleteBucket", "DeleteObject"],
  ],
  POST: [
    ["delete", "DeleteObjects", "DeleteObjects"],
    ["uploads", "PostObject", "CreateMultipartUpload"],
    ["uploadId", "PostObject", "CompleteMultipartUpload"],
  ],
};

function header(head: RequestHead, name: string): string {
  const value = head.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

/** The parts of a credential's scope (SigV4) that tell who asks, and where. */
export interface CredentialScope {
  /** The embedded AWS takes twelve digits for the account. */
  readonly accessKey: string;
  readonly region: string;
  readonly service: string;
}

/** The scope of a signature, in the header or in a presigned URL; `null` for an unsigned request. */
export function scopeOf(head: RequestHead, query?: URLSearchParams): CredentialScope | null {
  const credential = /Credential=([^,\s]+)/.exec(header(head, "authorization"))?.[1];
  const asked = query ?? new URL(head.url, "http://localhost").searchParams;
  const [accessKey = "", , region, service] = (credential ?? asked.get("X-Amz-Credential") ?? "").split("/");
  return region === undefined || service === undefined ? null : { accessKey, region, service };
}

function isFunctionUrl(head: RequestHead): boolean {
  return /(^|\.)lambda-url\./.test(header(head, "host"));
}

function s3Operation(head: RequestHead, path: string, query: URLSearchParams): string | null {
  // The JavaScript SDK says it itself.
  const said = query.get("x-id");
  if (said !== null) return said;
  const named = /^[^.]+(\.[^.]+)*\.s3[.-]/.test(header(head, "host"));
  const parts = path.split("/").filter((part) => part !== "").length + (named ? 1 : 0);
  if (parts === 0) return "ListBuckets";
  if (header(head, "x-amz-copy-source") !== "") return "CopyObject";
  const found = S3[head.method]?.find(([key]) => key === "" || query.has(key));
  return found === undefined ? null : found[parts === 1 ? 1 : 2];
}

/** Operation by the protocols that name it: JSON (`X-Amz-Target`), query (`Action`), and Smithy's RPC v2 (path). */
function namedOperation(head: RequestHead, path: string, fields: URLSearchParams): string | null {
  const target = header(head, "x-amz-target").split(".").at(-1);
  if (target !== undefined && target !== "") return target;
  return fields.get("Action") ?? /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(path)?.[1] ?? null;
}

/** Whether the operation stands in the body: the query protocol's forms. */
export function isForm(head: RequestHead): boolean {
  return header(head, "content-type").startsWith("application/x-www-form-urlencoded");
}

/**
 * Names a call as AWS does.
 *
 * @param form - the body, where {@link isForm} says so
 */
export function operationOf(head: RequestHead, form = ""): Operation {
  const { pathname: path, searchParams: query } = new URL(head.url, "http://localhost");
  const fallback = `${head.method} ${path}`;
  const signed = scopeOf(head, query)?.service ?? null;
  if (signed === null && isFunctionUrl(head)) return { service: "lambda-url", operation: fallback };
  const named = namedOperation(head, path, form === "" ? query : new URLSearchParams(form));
  if (named !== null) return { service: signed ?? "http", operation: named };
  const lambda = LAMBDA.find(([method, pattern]) => method === head.method && pattern.test(path));
  // One path for two operations: https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html
  if (path === LAYERS && head.method === "GET")
    return { service: "lambda", operation: query.has("Arn") ? "GetLayerVersionByArn" : "ListLayers" };
  if (lambda !== undefined && (signed === null || signed === "lambda"))
    return { service: "lambda", operation: lambda[2] };
  if (signed === "s3") return { service: "s3", operation: s3Operation(head, path, query) ?? fallback };
  return { service: signed ?? "http", operation: fallback };
}
