import * as lambda from "@aws-sdk/client-lambda";
import { describe, expect, it } from "vitest";
import { classifyAwsError } from "./classify.ts";
import { hintOf } from "./hints.ts";
import { awsProblem } from "./problem.ts";

const PLACE = { operation: "UpdateFunctionCode", target: "orders", region: "eu-west-1" };

function aws(name: string, message = "text", httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: "req-7" } });
}

/** Every error that Lambda's SDK knows, without the base class. */
const NAMES = Object.entries(lambda)
  .filter(
    ([, value]) => typeof value === "function" && value.prototype instanceof lambda.LambdaServiceException,
  )
  .map(([name]) => name);

describe("every error of Lambda", () => {
  it("has a class by its name alone", () => {
    expect(NAMES.length).toBeGreaterThan(50);
    expect(NAMES.filter((name) => classifyAwsError({ name }) === "unknown")).toEqual([]);
  });

  it.each(NAMES)("%s keeps its name and request id, and one class", (name) => {
    const error = aws(name);
    const problem = awsProblem(error, PLACE);
    expect(problem.message).toContain(`${name}: text (request req-7).`);
    expect(problem.hint).not.toBe("");
    expect(problem.code).not.toBe("SLUICE_AWS_UNKNOWN");
    expect(classifyAwsError(problem)).toBe(classifyAwsError(error));
  });
});

it.each([
  ["CodeVerificationFailedException", "SLUICE_AWS_CODE_SIGNING", "signing profile"],
  ["InvalidCodeSignatureException", "SLUICE_AWS_CODE_SIGNING", "signing profile"],
  ["CodeSigningConfigNotFoundException", "SLUICE_AWS_CODE_SIGNING", "gone"],
  ["KMSDisabledException", "SLUICE_AWS_KMS", "Enable the key"],
  ["KMSInvalidStateException", "SLUICE_AWS_KMS", "cancel its deletion"],
  ["KMSNotFoundException", "SLUICE_AWS_KMS", "same region"],
  ["KMS.NotFoundException", "SLUICE_AWS_KMS", "same region"],
  ["KMSAccessDeniedException", "SLUICE_AWS_KMS_DENIED", "key's policy"],
  ["ENILimitReachedException", "SLUICE_AWS_NOT_RUNNABLE", "network interfaces"],
  ["SubnetIPAddressLimitReachedException", "SLUICE_AWS_NOT_RUNNABLE", "subnets"],
  ["EFSMountConnectivityException", "SLUICE_AWS_NOT_RUNNABLE", "mount targets"],
  ["SnapStartException", "SLUICE_AWS_NOT_RUNNABLE", "snapshot"],
  ["SnapStartTimeoutException", "SLUICE_AWS_NOT_RUNNABLE", "snapshot"],
  ["SnapStartNotReadyException", "SLUICE_AWS_CONFLICT", "run again in a minute"],
  ["ResourceNotReadyException", "SLUICE_AWS_CONFLICT", "run again in a minute"],
  ["EC2AccessDeniedException", "SLUICE_AWS_DENIED", "AWSLambdaVPCAccessExecutionRole"],
  ["EC2ThrottledException", "SLUICE_AWS_THROTTLED", "quota"],
  ["RecursiveInvocationException", "SLUICE_AWS_INVALID", "loop"],
  ["ProvisionedConcurrencyConfigNotFoundException", "SLUICE_AWS_INVALID", "provisioned concurrency"],
  ["PolicyLengthExceededException", "SLUICE_AWS_INVALID", "resource policy"],
  ["AliasLimitExceededException", "SLUICE_AWS_INVALID", "aliases"],
  ["CodeStorageExceededException", "SLUICE_AWS_CODE_STORAGE_FULL", "75 GB"],
])("%s is %s and says what to do", (name, code, hint) => {
  const problem = awsProblem(aws(name), PLACE);
  expect(problem).toMatchObject({ code, exitCode: 4 });
  expect(problem.hint).toContain(hint);
});

const S3 = (code: string): string =>
  `Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: text`;

describe("a bucket that Lambda cannot fetch the code from", () => {
  it.each([
    ["InvalidParameterValueException", "PermanentRedirect", "SLUICE_AWS_INVALID", "another region"],
    [
      "InvalidParameterValueException",
      "AuthorizationHeaderMalformed",
      "SLUICE_AWS_INVALID",
      "another region",
    ],
    ["InvalidParameterValueException", "NoSuchKey", "SLUICE_AWS_INVALID", "uploaded again"],
    ["InvalidParameterValueException", "NoSuchBucket", "SLUICE_AWS_INVALID", "create the bucket"],
    ["InvalidParameterValueException", "AccessDenied", "SLUICE_AWS_INVALID", "bucket's policy"],
    ["AccessDeniedException", "AccessDenied", "SLUICE_AWS_DENIED", "s3:GetObject"],
  ])("%s with S3's %s is %s", (name, code, expected, hint) => {
    const problem = awsProblem(aws(name, S3(code)), PLACE);
    expect(problem.code).toBe(expected);
    expect(problem.hint).toContain(hint);
    expect(problem.message).toContain(`S3 Error Code: ${code}`);
  });

  it("says nothing of what it does not know", () => {
    expect(hintOf("InvalidParameterValueException", S3("Teapot"))).toBeUndefined();
    expect(hintOf("InvalidParameterValueException", S3("constructor"))).toBeUndefined();
    expect(hintOf("toString", "text")).toBeUndefined();
  });
});

describe("what IAM denies", () => {
  const USER = "User: arn:aws:iam::111111111111:user/ci is not authorized to perform:";
  const FUNCTION = "arn:aws:lambda:eu-west-1:111111111111:function:orders";
  const hint = (message: string): string =>
    awsProblem(aws("AccessDeniedException", message, 403), PLACE).hint;

  it("is the action and the resource that it names, which may be another call's", () => {
    const message = `${USER} s3:GetObject on resource: "arn:aws:s3:::b/k" because no identity-based policy allows the s3:GetObject action`;
    expect(hint(message)).toBe("Allow s3:GetObject on arn:aws:s3:::b/k to these credentials.");
  });

  it("is to be allowed wherever it says", () => {
    const message = `${USER} lambda:UpdateAlias on resource: ${FUNCTION} because no permissions boundary allows the lambda:UpdateAlias action`;
    expect(hint(message)).toBe(
      `Allow lambda:UpdateAlias on ${FUNCTION} to these credentials, in the permissions boundary too.`,
    );
  });

  it("cannot be allowed against an explicit deny", () => {
    const message = `${USER} lambda:UpdateAlias on resource: ${FUNCTION} with an explicit deny in a service control policy`;
    expect(hint(message)).toContain(
      `An explicit deny in the service control policy stands against lambda:UpdateAlias on ${FUNCTION}`,
    );
  });

  it("is guessed from the operation where it says nothing", () => {
    expect(hint("Forbidden")).toBe(
      "Allow lambda:UpdateFunctionCode on arn:aws:lambda:eu-west-1:ACCOUNT:function:orders to these credentials.",
    );
  });
});
