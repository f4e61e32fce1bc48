import { sluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { classifyAwsError } from "./classify.ts";
import { transportCode } from "./transport.ts";

function aws(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error("…"), { name, $metadata: { httpStatusCode } });
}

function node(code: string): Error {
  return Object.assign(new Error("…"), { code });
}

describe("classifyAwsError", () => {
  it.each([
    [aws("ResourceNotFoundException", 404), "absent"],
    [aws("AccessDeniedException", 403), "denied"],
    [aws("AccessDenied", 403), "denied"],
    [aws("TooManyRequestsException", 429), "throttled"],
    [aws("ThrottlingException", 400), "throttled"],
    [aws("SlowDown", 503), "throttled"],
    [aws("ResourceConflictException", 409), "conflict"],
    [aws("ConditionalRequestConflict", 409), "conflict"],
    [aws("PreconditionFailedException", 412), "precondition"],
    [aws("PreconditionFailed", 412), "precondition"],
    [aws("ExpiredToken", 400), "expired"],
    [aws("ExpiredTokenException", 403), "expired"],
    [aws("RequestExpired", 400), "expired"],
    [aws("InvalidClientTokenId", 403), "expired"],
    [aws("UnrecognizedClientException", 403), "expired"],
    [aws("RequestTooLargeException", 413), "too-large"],
    [aws("CodeStorageExceededException", 400), "too-large"],
    [aws("InvalidParameterValueException", 400), "invalid"],
    [aws("ServiceException", 500), "service"],
    [node("ECONNREFUSED"), "unreachable"],
    [node("ENOTFOUND"), "unreachable"],
    [node("DEPTH_ZERO_SELF_SIGNED_CERT"), "unreachable"],
    [Object.assign(new Error("…"), { name: "TimeoutError" }), "unreachable"],
    [Object.assign(new Error("…"), { name: "CredentialsProviderError" }), "no-credentials"],
    [new TypeError("x is not a function"), "unknown"],
    [undefined, "unknown"],
    ["text", "unknown"],
  ])("%s is %s", (error, expected) => {
    expect(classifyAwsError(error)).toBe(expected);
  });

  it("believes no 404 without the name", () => {
    expect(classifyAwsError(aws("NotFound", 404))).toBe("unknown");
    expect(classifyAwsError(aws("Error", 404))).toBe("unknown");
  });

  it("goes by the status when the name is new to it", () => {
    expect(classifyAwsError(aws("BrandNewException", 403))).toBe("denied");
    expect(classifyAwsError(aws("BrandNewException", 502))).toBe("service");
    expect(classifyAwsError(aws("BrandNewException", 400))).toBe("invalid");
  });

  it("ignores the message", () => {
    const error = Object.assign(new Error("ResourceNotFoundException: throttled, AccessDenied"), {
      name: "Error",
    });
    expect(classifyAwsError(error)).toBe("unknown");
  });

  it("knows its own errors by their code", () => {
    const own = sluiceError({ code: "SLUICE_ROLE_DENIED", kind: "usage", message: "…", hint: "…" });
    expect(classifyAwsError(own)).toBe("denied");
    const other = sluiceError({ code: "SLUICE_OTHER", kind: "usage", message: "…", hint: "…" });
    expect(classifyAwsError(other)).toBe("unknown");
  });
});

describe("transportCode", () => {
  it("looks into causes and into the attempts on several addresses", () => {
    expect(transportCode(new Error("…", { cause: node("ECONNRESET") }))).toBe("ECONNRESET");
    expect(transportCode(new AggregateError([node("ECONNREFUSED")]))).toBe("ECONNREFUSED");
  });

  it("does not take other codes for a lost connection", () => {
    expect(transportCode(node("ENOENT"))).toBeNull();
    expect(transportCode(node("ERR_INVALID_ARG_TYPE"))).toBeNull();
  });
});
