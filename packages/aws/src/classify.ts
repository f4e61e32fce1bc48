import { isSluiceError } from "@sluice/core";
import { classOfCode } from "./codes.ts";
import { transportCode } from "./transport.ts";

/** What an error of AWS, or of the way there, means to whoever asked. */
export type AwsErrorClass =
  /** The function, alias or version is not there. Lambda's ResourceNotFoundException alone says so. */
  | "absent"
  | "denied"
  | "throttled"
  /** Another update is under way. */
  | "conflict"
  /** The RevisionId or the entity tag is not the present one. */
  | "precondition"
  /** The credentials are expired, or AWS does not know them. */
  | "expired"
  | "no-credentials"
  | "unreachable"
  | "too-large"
  | "invalid"
  | "service"
  | "unknown";

/**
 * Error names → class. Sources: the error lists of the API references of Lambda, S3, STS, CloudWatch,
 * its logs and CodeDeploy, and "Common Errors"
 * (https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html).
 */
const NAMES: Readonly<Record<Exclude<AwsErrorClass, "unknown">, readonly string[]>> = {
  absent: ["ResourceNotFoundException"],
  denied: [
    "AccessDenied",
    "AccessDeniedException",
    "AccountProblem",
    "AllAccessDisabled",
    "EC2AccessDeniedException",
    "Forbidden",
    "ForbiddenException",
    "KMSAccessDeniedException",
    "KmsAccessDeniedException",
    "NotAuthorized",
    "NotAuthorizedException",
    "OptInRequired",
    "RegionDisabledException",
    "UnauthorizedAccess",
    "UnauthorizedException",
    "UnauthorizedOperation",
  ],
  throttled: [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "TooManyRequestsException",
  ],
  conflict: [
    "CodeArtifactUserPendingException",
    "ConcurrentModificationException",
    "ConditionalRequestConflict",
    "ConflictException",
    "DeploymentAlreadyCompletedException",
    "DeploymentIsNotInReadyStateException",
    "DeploymentLimitExceededException",
    "DeploymentNotStartedException",
    "DurableExecutionAlreadyStartedException",
    "ENINotReadyException",
    "OperationAborted",
    "ResourceConflictException",
    "ResourceInUseException",
    "ResourceNotReadyException",
    "SnapStartNotReadyException",
  ],
  precondition: ["PreconditionFailed", "PreconditionFailedException"],
  expired: [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "ExpiredTokenError",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotSignedUp",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
  ],
  "no-credentials": ["CredentialsProviderError", "TokenProviderError"],
  unreachable: ["TimeoutError"],
  "too-large": [
    "CodeStorageExceededException",
    "EntityTooLarge",
    "RequestTooLargeException",
    "SerializedRequestEntityTooLargeException",
  ],
  invalid: [
    "AliasLimitExceededException",
    "ApplicationDoesNotExistException",
    "CallbackTimeoutException",
    "CapacityProviderLimitExceededException",
    "CodeArtifactUserDeletedException",
    "CodeArtifactUserFailedException",
    "CodeSigningConfigNotFoundException",
    "CodeVerificationFailedException",
    "DeploymentConfigDoesNotExistException",
    "DeploymentDoesNotExistException",
    "DeploymentGroupDoesNotExistException",
    "EFSIOException",
    "EFSMountConnectivityException",
    "EFSMountFailureException",
    "EFSMountTimeoutException",
    "ENILimitReachedException",
    "FunctionVersionsPerCapacityProviderLimitExceededException",
    "InvalidCodeSignatureException",
    "InvalidNextToken",
    "InvalidParameterCombination",
    "InvalidParameterException",
    "InvalidParameterValue",
    "InvalidParameterValueException",
    "InvalidRequest",
    "InvalidRequestContentException",
    "InvalidRevisionException",
    "InvalidRuntimeException",
    "InvalidSecurityGroupIDException",
    "InvalidSubnetIDException",
    "InvalidZipFileException",
    "KMS.DisabledException",
    "KMS.InvalidStateException",
    "KMS.KMSInvalidStateException",
    "KMS.NotFoundException",
    "KMSDisabledException",
    "KMSInvalidStateException",
    "KMSNotFoundException",
    "MalformedQueryString",
    "ModeNotSupportedException",
    "NoPublishedVersionException",
    "PolicyLengthExceededException",
    "ProvisionedConcurrencyConfigNotFoundException",
    "PublicPolicyException",
    "RecursiveInvocationException",
    "S3FilesMountConnectivityException",
    "S3FilesMountFailureException",
    "S3FilesMountTimeoutException",
    "ServiceQuotaExceededException",
    "SnapStartException",
    "SnapStartRegenerationFailureException",
    "SnapStartTimeoutException",
    "SubnetIPAddressLimitReachedException",
    "UnsupportedMediaTypeException",
    "ValidationError",
    "ValidationException",
  ],
  service: [
    "EC2UnexpectedException",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "InternalServiceFault",
    "ServiceException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
  ],
};

const CLASS_OF_NAME: ReadonlyMap<string, AwsErrorClass> = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) =>
    names.map((name) => [name, kind as AwsErrorClass] as const),
  ),
);

const STATUS: ReadonlyMap<number, AwsErrorClass> = new Map([
  [401, "expired"],
  [403, "denied"],
  [409, "conflict"],
  [412, "precondition"],
  [413, "too-large"],
  [429, "throttled"],
]);

/** The parts of an error that are looked at; all are optional, since anything may be thrown. */
interface ErrorShape {
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function shapeOf(error: unknown): ErrorShape {
  return typeof error === "object" && error !== null ? (error as ErrorShape) : {};
}

/**
 * Says what an error means, by its name, then by Node's code, then by the HTTP status; never by its message.
 * A `404` is `absent` only under the name ResourceNotFoundException.
 */
export function classifyAwsError(error: unknown): AwsErrorClass {
  if (isSluiceError(error)) return classOfCode(error.code);
  const { name, $metadata } = shapeOf(error);
  const named = typeof name === "string" ? CLASS_OF_NAME.get(name) : undefined;
  if (named !== undefined) return named;
  if (transportCode(error) !== null) return "unreachable";
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return "unknown";
  const known = STATUS.get(status);
  if (known !== undefined) return known;
  if (status >= 500) return "service";
  return status === 400 ? "invalid" : "unknown";
}
