const SWITCH = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/**
 * Makes an SDK client without its warning that versions of 2027 want Node.js 22: users cannot act on it, Sluice pins the
 * SDK. The SDK looks at this variable of `process.env` once, while it constructs the first client
 * (`emitWarningIfUnsupportedVersion` of @aws-sdk/core), so it is set for just that long. Every other warning stays.
 */
export function withoutVersionWarning<T>(construct: () => T): T {
  const before = process.env[SWITCH];
  process.env[SWITCH] = "true";
  try {
    return construct();
  } finally {
    if (before === undefined) delete process.env[SWITCH];
    else process.env[SWITCH] = before;
  }
}
