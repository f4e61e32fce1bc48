import type { SluiceError } from "@sluice/core";
import type { AwsProblemCode } from "./codes.ts";
import { type AwsDetail, make } from "./errors.ts";

type Answer = (detail: AwsDetail) => SluiceError;

/** An answer that needs no more than what AWS says: `says` goes on where the operation's name ends. */
function answer(code: AwsProblemCode, says: string, hint: string): Answer {
  return (d) => make(code, d.kind ?? "target", `${d.what}${says} ${d.quote}`, d.hint ?? hint, d);
}

/** S3 says no more than "Access Denied" of what is not the caller's own. */
const FOREIGN =
  " If the bucket is another account's (is it the one that you mean?), its policy has to allow it, too.";

/** Answers of AWS. By default a target failed; the caller may say otherwise. */
export const answers: Readonly<
  Record<
    | "absent"
    | "noLogs"
    | "kmsDenied"
    | "kms"
    | "codeSigning"
    | "notRunnable"
    | "throttled"
    | "conflict"
    | "precondition"
    | "tooLarge"
    | "codeStorageFull"
    | "invalid"
    | "service"
    | "unknown",
    Answer
  >
> & {
  readonly denied: (detail: AwsDetail, action: string, resource: string) => SluiceError;
} = {
  absent: answer(
    "SLUICE_AWS_ABSENT",
    ": there is no such function, alias or version.",
    "Check the name, the account and the region; functions are provisioned elsewhere, Sluice only updates them.",
  ),
  noLogs: answer(
    "SLUICE_AWS_ABSENT",
    ": there is no such log group.",
    "Lambda makes it when the function first writes to it: invoke the function. Else check name, account, region, and whether the function logs elsewhere.",
  ),
  denied: (d, action, resource) =>
    make(
      "SLUICE_AWS_DENIED",
      d.kind ?? "target",
      `${d.what}: AWS denied it. ${d.quote}`,
      d.hint ??
        `Allow ${action} on ${resource} to these credentials.${action.startsWith("s3:") ? FOREIGN : ""}`,
      d,
    ),
  kmsDenied: answer(
    "SLUICE_AWS_KMS_DENIED",
    ": the KMS key of the function, or of the object, may not be used.",
    "Allow kms:Decrypt, and what else AWS names, on the KMS key of the function, in IAM and in the key's policy; for an object of the store also kms:GenerateDataKey.",
  ),
  kms: answer(
    "SLUICE_AWS_KMS",
    ": the KMS key of the function, or of the object, cannot be used.",
    "Enable the key, cancel its deletion, or correct `kms` and where the function is provisioned: a key is named by its ARN, in the same region.",
  ),
  codeSigning: answer(
    "SLUICE_AWS_CODE_SIGNING",
    ": the function's code signing configuration does not let this code in.",
    "Have the package signed by a signing profile that the configuration allows (AWS Signer), or change the configuration where the function is provisioned.",
  ),
  notRunnable: answer(
    "SLUICE_AWS_NOT_RUNNABLE",
    ": Lambda cannot start the function with what it is attached to.",
    "Correct what AWS names, where the function is provisioned, then run again.",
  ),
  throttled: answer(
    "SLUICE_AWS_THROTTLED",
    ": AWS still throttles after every retry.",
    "Something else uses up this account's quota (of Lambda's control plane 15 requests a second per region). Run again later; what is done is not done twice.",
  ),
  conflict: answer(
    "SLUICE_AWS_CONFLICT",
    ": another change is under way.",
    "Wait until it has ended, then run again.",
  ),
  precondition: answer(
    "SLUICE_AWS_PRECONDITION",
    ": it was changed by somebody else meanwhile.",
    "Look at what changed it, then run again: the plan is made anew.",
  ),
  tooLarge: answer(
    "SLUICE_AWS_TOO_LARGE",
    ": too large.",
    'Lambda takes 50 MB directly, more through a bucket (set `store: "s3://…"`), and 250 MB unzipped at most.',
  ),
  codeStorageFull: answer(
    "SLUICE_AWS_CODE_STORAGE_FULL",
    ": the region's storage for code is used up.",
    "Delete function versions that nothing uses, or have the quota (75 GB) raised.",
  ),
  invalid: answer(
    "SLUICE_AWS_INVALID",
    ": AWS does not accept the request.",
    "What AWS says above names the part that does not fit.",
  ),
  service: answer(
    "SLUICE_AWS_SERVICE",
    ": AWS failed, after retries.",
    "Run again; see https://health.aws.amazon.com if it stays. With the request id AWS support can find it.",
  ),
  unknown: answer(
    "SLUICE_AWS_UNKNOWN",
    " failed.",
    "If this is not AWS's own endpoint, check that the endpoint URL is the one that you mean.",
  ),
};
