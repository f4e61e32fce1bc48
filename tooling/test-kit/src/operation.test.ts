import { describe, expect, it } from "vitest";
import { operationOf, type RequestHead } from "./operation.ts";

const scope = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKIA/20261121/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

function call(service: string, method: string, url: string, headers: RequestHead["headers"] = {}): string {
  const authorization = service === "" ? undefined : scope(service);
  const found = operationOf({ method, url, headers: { host: "127.0.0.1:4566", authorization, ...headers } });
  return `${found.service}:${found.operation}`;
}

describe("operationOf", () => {
  it.each([
    ["GET", "/2015-03-31/functions/orders", "GetFunction"],
    ["GET", "/2015-03-31/functions/orders?Qualifier=live", "GetFunction"],
    ["GET", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Aorders", "GetFunction"],
    ["GET", "/2015-03-31/functions/?MaxItems=50", "ListFunctions"],
    ["POST", "/2015-03-31/functions", "CreateFunction"],
    ["PUT", "/2015-03-31/functions/orders/code", "UpdateFunctionCode"],
    ["PUT", "/2015-03-31/functions/orders/configuration", "UpdateFunctionConfiguration"],
    ["POST", "/2015-03-31/functions/orders/versions", "PublishVersion"],
    ["PUT", "/2015-03-31/functions/orders/aliases/live", "UpdateAlias"],
    ["POST", "/2015-03-31/functions/orders/invocations", "Invoke"],
    ["GET", "/2018-10-31/layers", "ListLayers"],
    ["GET", "/2018-10-31/layers?find=LayerVersion&Arn=arn%3Aaws", "GetLayerVersionByArn"],
    ["GET", "/2018-10-31/layers/shared/versions?MaxItems=1", "ListLayerVersions"],
    ["PATCH", "/2015-03-31/functions/orders", "PATCH /2015-03-31/functions/orders"],
  ])("names Lambda's %s %s", (method, url, operation) => {
    expect(call("lambda", method, url)).toBe(`lambda:${operation}`);
  });

  it.each([
    ["GET", "/", {}, "ListBuckets"],
    ["PUT", "/bucket", {}, "CreateBucket"],
    ["HEAD", "/bucket/", {}, "HeadBucket"],
    ["GET", "/bucket?list-type=2&prefix=a/b", {}, "ListObjectsV2"],
    ["PUT", "/bucket/artifacts/sha256/00", {}, "PutObject"],
    ["PUT", "/bucket/key?x-id=UploadPart&partNumber=1&uploadId=2", {}, "UploadPart"],
    ["PUT", "/bucket/key?partNumber=1&uploadId=2", {}, "UploadPart"],
    ["PUT", "/bucket/key", { "x-amz-copy-source": "/bucket/other" }, "CopyObject"],
    ["POST", "/bucket?delete", {}, "DeleteObjects"],
    ["POST", "/bucket/key?uploads", {}, "CreateMultipartUpload"],
    ["POST", "/bucket/key?uploadId=2", {}, "CompleteMultipartUpload"],
    ["GET", "/key", { host: "bucket.s3.eu-west-1.amazonaws.com" }, "GetObject"],
    ["GET", "/", { host: "bucket.s3.eu-west-1.amazonaws.com" }, "ListObjects"],
  ])("names S3's %s %s %j", (method, url, headers, operation) => {
    expect(call("s3", method, url, headers)).toBe(`s3:${operation}`);
  });

  it("reads the query protocol's action from the form and from the query", () => {
    const headers = { authorization: scope("sts"), host: "sts.amazonaws.com" };
    const form = "Action=GetCallerIdentity&Version=2011-06-15";
    expect(operationOf({ method: "POST", url: "/", headers }, form).operation).toBe("GetCallerIdentity");
    expect(call("sts", "GET", "/?Action=AssumeRole&Version=2011-06-15")).toBe("sts:AssumeRole");
  });

  it("reads the JSON protocol's target and RPC's path", () => {
    expect(call("dynamodb", "POST", "/", { "x-amz-target": "DynamoDB_20120810.GetItem" })).toBe(
      "dynamodb:GetItem",
    );
    const path = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
    expect(call("monitoring", "POST", path)).toBe("monitoring:PutMetricData");
  });

  it("takes the service of a presigned URL from its query", () => {
    const credential = encodeURIComponent("AKIA/20261121/eu-west-1/s3/aws4_request");
    expect(call("", "GET", `/bucket/key?X-Amz-Credential=${credential}`)).toBe("s3:GetObject");
  });

  it("knows function URLs by their host", () => {
    const host = "abc.lambda-url.eu-west-1.localhost";
    expect(call("", "POST", "/orders?dry=1", { host })).toBe("lambda-url:POST /orders");
  });

  it("gives method and path for what it does not know", () => {
    expect(call("apigateway", "GET", "/v2/apis")).toBe("apigateway:GET /v2/apis");
    expect(call("", "GET", "/_ministack/health")).toBe("http:GET /_ministack/health");
  });
});
