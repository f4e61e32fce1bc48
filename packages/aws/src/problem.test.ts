import { isSluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { classifyAwsError } from "./classify.ts";
import { endpointUrl } from "./endpoint.ts";
import { allowance } from "./permissions.ts";
import { awsProblem } from "./problem.ts";

function aws(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error("text."), { name, $metadata: { httpStatusCode, requestId: "req-7" } });
}

describe("awsProblem", () => {
  const place = { operation: "UpdateFunctionCode", target: "orders-dev", region: "eu-west-1" };

  it.each([
    [aws("ResourceNotFoundException", 404), "SLUICE_AWS_ABSENT", 4],
    [aws("AccessDeniedException", 403), "SLUICE_AWS_DENIED", 4],
    [aws("TooManyRequestsException", 429), "SLUICE_AWS_THROTTLED", 4],
    [aws("ResourceConflictException", 409), "SLUICE_AWS_CONFLICT", 4],
    [aws("PreconditionFailedException", 412), "SLUICE_AWS_PRECONDITION", 4],
    [aws("RequestTooLargeException", 413), "SLUICE_AWS_TOO_LARGE", 4],
    [aws("CodeStorageExceededException", 400), "SLUICE_AWS_CODE_STORAGE_FULL", 4],
    [aws("InvalidParameterValueException", 400), "SLUICE_AWS_INVALID", 4],
    [aws("ServiceException", 500), "SLUICE_AWS_SERVICE", 4],
    [aws("Strange", 404), "SLUICE_AWS_UNKNOWN", 4],
    [aws("ExpiredTokenException", 403), "SLUICE_CREDENTIALS_EXPIRED", 2],
    [aws("InvalidClientTokenId", 403), "SLUICE_CREDENTIALS_INVALID", 2],
    [aws("RequestTimeTooSkewed", 403), "SLUICE_CLOCK_SKEWED", 2],
    [Object.assign(new Error(), { code: "ENOTFOUND" }), "SLUICE_AWS_UNREACHABLE", 2],
    [Object.assign(new Error(), { name: "TimeoutError" }), "SLUICE_AWS_UNREACHABLE", 2],
    [Object.assign(new Error(), { code: "ECONNRESET", name: "TimeoutError" }), "SLUICE_AWS_NO_ANSWER", 4],
  ])("%s → %s", (error, code, exitCode) => {
    const problem = awsProblem(error, place);
    expect(problem).toMatchObject({ code, exitCode });
    expect(problem.hint).not.toBe("");
    expect(problem.cause).toBe(error);
    expect(classifyAwsError(problem)).toBe(classifyAwsError(error));
  });

  it("says what, where, AWS's name and the request id", () => {
    const [{ message, where }] = awsProblem(aws("ResourceConflictException", 409), place).problems;
    expect(message).toContain("UpdateFunctionCode of orders-dev in eu-west-1");
    expect(message).toContain("ResourceConflictException: text (request req-7).");
    expect(where).toBe("orders-dev (eu-west-1)");
  });

  it("tells a certificate that is not trusted from an endpoint that is not there", () => {
    const error = Object.assign(new Error("self-signed"), { code: "SELF_SIGNED_CERT_IN_CHAIN" });
    const problem = awsProblem(error, place);
    expect(problem.code).toBe("SLUICE_AWS_UNREACHABLE");
    expect(problem.hint).toContain("NODE_EXTRA_CA_CERTS");
    expect(problem.hint).not.toContain("sluice local");
  });

  it("says that a bucket may be another account's", () => {
    const s3 = { operation: "PutObject", target: "code/orders.zip", region: "eu-west-1" };
    expect(awsProblem(aws("AccessDenied", 403), s3).hint).toContain("another account's");
    expect(awsProblem(aws("AccessDenied", 403), place).hint).not.toContain("another account's");
  });

  it("names the key when KMS denied it, not the action on the function", () => {
    const { code, hint } = awsProblem(aws("KMSAccessDeniedException", 502), place);
    expect(code).toBe("SLUICE_AWS_KMS_DENIED");
    expect(hint).toContain("kms:Decrypt");
    expect(hint).toContain("the KMS key of the function");
    expect(hint).not.toContain("lambda:UpdateFunctionCode");
  });

  it("calls lost credentials a failed target once something may have been written", () => {
    const error = awsProblem(aws("ExpiredTokenException", 403), { ...place, attempted: true });
    expect(error.exitCode).toBe(4);
  });

  it("returns an error of Sluice as it is", () => {
    const error = awsProblem(aws("ServiceException", 500), place);
    expect(awsProblem(error, { operation: "Other" })).toBe(error);
  });

  it("takes whatever was thrown", () => {
    for (const thrown of [undefined, null, "text", 7]) {
      expect(isSluiceError(awsProblem(thrown, { operation: "Invoke" }))).toBe(true);
    }
  });
});

describe("allowance", () => {
  it("names the action of IAM, which is not always the operation", () => {
    const place = { target: "f", region: "eu-west-1" };
    expect(allowance({ ...place, operation: "Invoke" }).action).toBe("lambda:InvokeFunction");
    expect(allowance({ ...place, operation: "UpdateAlias" }).action).toBe("lambda:UpdateAlias");
  });

  it("names layers where an operation is on one", () => {
    const place = { target: "shared", region: "eu-west-1", account: "111111111111" };
    const layer = "arn:aws:lambda:eu-west-1:111111111111:layer:shared";
    expect(allowance({ ...place, operation: "PublishLayerVersion" })).toEqual({
      action: "lambda:PublishLayerVersion",
      resource: layer,
    });
    expect(allowance({ ...place, operation: "GetLayerVersionByArn" })).toEqual({
      action: "lambda:GetLayerVersion",
      resource: `${layer}:*`,
    });
  });

  it("knows the other services' resources, as far as they are known", () => {
    const at = (operation: string, target: string): object =>
      allowance({ operation, target, region: "eu-west-1", account: "111111111111" });
    const arn = (service: string, rest: string): string =>
      `arn:aws:${service}:eu-west-1:111111111111:${rest}`;
    expect(at("DescribeAlarms", "errors")).toEqual({ action: "cloudwatch:DescribeAlarms", resource: "*" });
    expect(at("CreateDeployment", "orders/prod")).toEqual({
      action: "codedeploy:CreateDeployment",
      resource: arn("codedeploy", "deploymentgroup:orders/prod"),
    });
    expect(at("GetDeployment", "d-1")).toEqual({
      action: "codedeploy:GetDeployment",
      resource: arn("codedeploy", "deploymentgroup:*"),
    });
    for (const target of ["orders", "/aws/lambda/orders"]) {
      expect(at("FilterLogEvents", target)).toEqual({
        action: "logs:FilterLogEvents",
        resource: arn("logs", "log-group:/aws/lambda/orders:*"),
      });
    }
    for (const action of [
      "InvokeFunctionUrl",
      "CreateAlias",
      "ListAliases",
      "DeleteFunction",
      "GetFunctionUrlConfig",
    ]) {
      expect(at(action, "f")).toEqual({ action: `lambda:${action}`, resource: arn("lambda", "function:f") });
    }
    expect(at("ListEventSourceMappings", "f")).toEqual({
      action: "lambda:ListEventSourceMappings",
      resource: "*",
    });
    expect(at("ListObjectsV2", "b/k")).toEqual({ action: "s3:ListBucket", resource: "arn:aws:s3:::b" });
    expect(at("AssumeRole", "arn:aws:iam::111111111111:role/x")).toEqual({
      action: "sts:AssumeRole",
      resource: "arn:aws:iam::111111111111:role/x",
    });
  });

  it("knows partitions, ARNs, and what only goes on all", () => {
    expect(allowance({ operation: "GetFunction", target: "f", region: "cn-north-1" }).resource).toBe(
      "arn:aws-cn:lambda:cn-north-1:ACCOUNT:function:f",
    );
    const arn = "arn:aws:lambda:eu-west-1:111111111111:function:f";
    expect(allowance({ operation: "GetFunction", target: arn, region: "eu-west-1" }).resource).toBe(arn);
    expect(allowance({ operation: "ListFunctions", region: "eu-west-1" }).resource).toBe("*");
  });
});

describe("endpointUrl", () => {
  it("takes the service's own before the one for all", () => {
    const env = { AWS_ENDPOINT_URL: "http://all:1", AWS_ENDPOINT_URL_S3: "http://s3:1" };
    expect(endpointUrl(env, "s3")).toBe("http://s3:1");
    expect(endpointUrl(env, "lambda")).toBe("http://all:1");
    expect(endpointUrl({}, "lambda")).toBeNull();
    for (const service of ["cloudwatch", "cloudwatch_logs", "codedeploy"] as const) {
      const own = {
        AWS_ENDPOINT_URL: "http://all:1",
        [`AWS_ENDPOINT_URL_${service.toUpperCase()}`]: "http://own:1",
      };
      expect(endpointUrl(own, service)).toBe("http://own:1");
    }
    expect(endpointUrl({ ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }, "s3")).toBeNull();
  });
});
