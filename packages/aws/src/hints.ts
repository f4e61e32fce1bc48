/** The class of answer that an error of AWS gets, where its name says more than its class. */
export type Special = "kmsDenied" | "kms" | "codeSigning" | "notRunnable" | "codeStorageFull";

const names = (special: Special, ...all: readonly string[]): readonly (readonly [string, Special])[] =>
  all.map((name) => [name, special] as const);

/** Error name → answer. Lambda's: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors and its siblings. */
export const SPECIAL: ReadonlyMap<string, Special> = new Map([
  ...names("codeStorageFull", "CodeStorageExceededException"),
  ...names("kmsDenied", "KMSAccessDeniedException", "KmsAccessDeniedException"),
  ...names("kms", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException"),
  // S3's, which name the service first.
  ...names("kms", "KMS.DisabledException", "KMS.InvalidStateException", "KMS.KMSInvalidStateException"),
  ...names("kms", "KMS.NotFoundException"),
  ...names("codeSigning", "CodeSigningConfigNotFoundException", "CodeVerificationFailedException"),
  ...names("codeSigning", "InvalidCodeSignatureException"),
  ...names("notRunnable", "CodeArtifactUserDeletedException", "CodeArtifactUserFailedException"),
  ...names("notRunnable", "EFSIOException", "EFSMountConnectivityException", "EFSMountFailureException"),
  ...names("notRunnable", "EFSMountTimeoutException", "ENILimitReachedException", "InvalidRuntimeException"),
  ...names("notRunnable", "InvalidSecurityGroupIDException", "InvalidSubnetIDException"),
  ...names("notRunnable", "S3FilesMountConnectivityException", "S3FilesMountFailureException"),
  ...names("notRunnable", "S3FilesMountTimeoutException", "SnapStartException", "SnapStartTimeoutException"),
  ...names("notRunnable", "SnapStartRegenerationFailureException", "SubnetIPAddressLimitReachedException"),
]);

const NOT_READY = "Lambda is still getting it ready: run again in a minute.";
const NETWORK =
  "The function's VPC has no room for it: free network interfaces or addresses, give it more or larger subnets, or have the quota raised.";
const FILE_SYSTEM =
  "Check the function's file system: its mount targets in the subnets, their security group (port 2049), and the execution role's rights.";
const SNAP_START =
  "SnapStart could not take its snapshot: what the module does when it is loaded failed or took too long. See the function's log, correct it, deploy again.";
const CODEDEPLOY =
  "Correct `traffic.codeDeploy` of the environment, or create it where the function is provisioned: Sluice makes no infrastructure.";
const UNDER_WAY =
  "Another deployment of this group is under way, or this one has ended: look in CodeDeploy, run again.";

/** Error name → what to do about just this one. */
const HINTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AliasLimitExceededException:
      "The function has as many aliases as the quota allows: delete those that nobody uses.",
    ApplicationDoesNotExistException: CODEDEPLOY,
    CodeArtifactUserPendingException: NOT_READY,
    CodeSigningConfigNotFoundException:
      "The function names a code signing configuration that is gone: correct it where the function is provisioned.",
    DeploymentAlreadyCompletedException: UNDER_WAY,
    DeploymentConfigDoesNotExistException: CODEDEPLOY,
    DeploymentGroupDoesNotExistException: CODEDEPLOY,
    DeploymentLimitExceededException: UNDER_WAY,
    EC2AccessDeniedException:
      "Lambda may not make network interfaces for the function: give its execution role the managed policy AWSLambdaVPCAccessExecutionRole.",
    EFSIOException: FILE_SYSTEM,
    EFSMountConnectivityException: FILE_SYSTEM,
    EFSMountFailureException: FILE_SYSTEM,
    EFSMountTimeoutException: FILE_SYSTEM,
    ENILimitReachedException: NETWORK,
    ENINotReadyException: NOT_READY,
    InvalidSecurityGroupIDException: "Correct the function's security groups where it is provisioned.",
    InvalidSubnetIDException: "Correct the function's subnets where it is provisioned.",
    FunctionVersionsPerCapacityProviderLimitExceededException:
      "Delete function versions that nothing uses (`keepVersions`), or have the quota raised.",
    PolicyLengthExceededException:
      "The function's resource policy is full (20 KB): take out statements that nobody needs, or join them.",
    ProvisionedConcurrencyConfigNotFoundException:
      "The alias or function version has no provisioned concurrency: set it where the function is provisioned.",
    RecursiveInvocationException:
      "Lambda stopped a loop: the function is invoked by what it writes to. Break the loop, or allow it in the function's recursion configuration.",
    ResourceNotReadyException: NOT_READY,
    S3FilesMountConnectivityException: FILE_SYSTEM,
    S3FilesMountFailureException: FILE_SYSTEM,
    S3FilesMountTimeoutException: FILE_SYSTEM,
    ServiceQuotaExceededException:
      "A quota of the account is used up: AWS's message names it; free some, or have it raised.",
    SnapStartException: SNAP_START,
    SnapStartNotReadyException: NOT_READY,
    SnapStartRegenerationFailureException: SNAP_START,
    SnapStartTimeoutException: SNAP_START,
    SubnetIPAddressLimitReachedException: NETWORK,
  }),
);

/** What S3 told Lambda when it fetched the code, by S3's own error code. */
const OF_S3: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AccessDenied:
      "These credentials fetch the object: allow them s3:GetObject on it, in IAM and, where the bucket is another account's, in the bucket's policy too; kms:Decrypt where it is encrypted with a key. Without s3:ListBucket an object that is gone looks the same.",
    NoSuchBucket: "Correct `store`, or create the bucket: Sluice makes no infrastructure.",
    NoSuchKey:
      "The object was deleted from the store meanwhile (a lifecycle rule?): deploy again, and it is uploaded again.",
    PermanentRedirect:
      "The bucket is in another region, and Lambda takes code from a bucket of the function's own region alone: give `store` a bucket there, as in s3://artifacts-{region}.",
  }),
);
const S3_ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AuthorizationHeaderMalformed: "PermanentRedirect",
    IllegalLocationConstraintException: "PermanentRedirect",
    AllAccessDisabled: "AccessDenied",
  }),
);

/** Lambda's `Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: …`. */
function s3Hint(message: string): string | undefined {
  const code = /S3 Error Code: (\w+)/.exec(message)?.[1] ?? "";
  return OF_S3.get(S3_ALIASES.get(code) ?? code);
}

/**
 * What IAM says was denied, and by which policy:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
function iamHint(message: string): string | undefined {
  const [, action, resource = ""] =
    /not authorized to perform: ([\w-]+:\w+)(?: on resource: "?([^\s"]+)"?)?/.exec(message) ?? [];
  if (action === undefined) return undefined;
  const where = resource === "" ? "" : ` on ${resource.replace(/[.,;]$/, "")}`;
  const explicit = /explicit deny in an? ([\w -]*?(?:policy|boundary))/.exec(message)?.[1];
  if (explicit !== undefined)
    return `An explicit deny in the ${explicit} stands against ${action}${where}: no allowance helps before it is taken out.`;
  const by = /no ([\w -]+?) allows/.exec(message)?.[1];
  const there = by === undefined || by === "identity-based policy" ? "" : `, in the ${by} too`;
  return `Allow ${action}${where} to these credentials${there}.`;
}

/** What to do about an error, where name or message say more than its class; they never decide what it is. */
export function hintOf(name: string | undefined, message: string): string | undefined {
  return s3Hint(message) ?? HINTS.get(name ?? "") ?? iamHint(message);
}
