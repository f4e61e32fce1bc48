/** Whether a call whose answer was lost may be sent again, and what the second one finds. */
export type Repeat =
  /** It changes nothing. */
  | "read"
  /** It comes to the same as once. */
  | "same"
  /** The second is refused, and whoever made the call looks whether the first was carried out. */
  | "refused"
  /** It has an effect of its own: sent again only when the first was certainly not carried out. */
  | "never";

/**
 * Every operation that Sluice sends. A request that was throttled, or that nobody heard, is sent again in any case: nothing has run.
 */
export const REPEATS: Readonly<Record<string, Repeat>> = {
  GetFunction: "read",
  ListFunctions: "read",
  GetAlias: "read",
  ListAliases: "read",
  GetFunctionUrlConfig: "read",
  ListEventSourceMappings: "read",
  ListVersionsByFunction: "read",
  ListLayerVersions: "read",
  GetLayerVersionByArn: "read",
  // With a RevisionId the second is refused (PreconditionFailedException), while the first is being carried out in any case
  // (ResourceConflictException); the code is found by its CodeSha256. Without one it sets the same code, and unchanged code makes no
  // second function version (https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html).
  UpdateFunctionCode: "refused",
  // With CodeSha256: the same code since the last version makes none, and the answer is that version.
  PublishVersion: "same",
  // With a RevisionId the second is refused, and the alias is found on its new version. Without one it moves it there again.
  UpdateAlias: "refused",
  // ResourceConflictException: the alias is there.
  CreateAlias: "refused",
  // Of a function version: ResourceNotFoundException, it is gone. A version's number is never given again.
  DeleteFunction: "refused",
  // Each one makes a layer version, of the same content too. It is found by digest.
  PublishLayerVersion: "never",
  // A function that is invoked twice runs twice.
  Invoke: "never",
  HeadObject: "read",
  GetObject: "read",
  ListObjectsV2: "read",
  // Always conditional: with If-None-Match the second finds that the object exists, which was content-addressed or is looked at;
  // with If-Match the entity tag has changed, and whoever replaced it reads whose it is.
  PutObject: "refused",
  DescribeAlarms: "read",
  FilterLogEvents: "read",
  // No client token: each one begins a deployment, or fails on the one that runs. ListDeployments tells which it was.
  CreateDeployment: "never",
  GetDeployment: "read",
  GetDeploymentGroup: "read",
  ListDeployments: "read",
  // The second finds it stopped.
  StopDeployment: "same",
  AssumeRole: "same",
  GetCallerIdentity: "read",
};

/** Whether a call may be sent again after it may have been carried out. An operation that nobody wrote down may not. */
export function mayRepeat(operation: string): boolean {
  return (REPEATS[operation] ?? "never") !== "never";
}
