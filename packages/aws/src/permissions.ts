/** Operations whose IAM action has another name than `lambda:` and their own. */
const ACTIONS: Readonly<Record<string, string>> = {
  Invoke: "lambda:InvokeFunction",
  GetLayerVersionByArn: "lambda:GetLayerVersion",
  HeadObject: "s3:GetObject",
  GetObject: "s3:GetObject",
  PutObject: "s3:PutObject",
  DeleteObject: "s3:DeleteObject",
  ListObjectsV2: "s3:ListBucket",
  AssumeRole: "sts:AssumeRole",
  GetCallerIdentity: "sts:GetCallerIdentity",
};

/** Operations that IAM knows on all functions alone. */
const ON_ALL = new Set(["ListFunctions", "GetCallerIdentity"]);

/** Operations on a layer, and what follows its name in the resource. */
const ON_LAYER: Readonly<Record<string, string>> = {
  ListLayerVersions: "",
  PublishLayerVersion: "",
  GetLayerVersionByArn: ":*",
};

/** ARN partition of a region: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The statement that would allow an operation: its IAM action, and the resource as far as it is known. */
export function allowance(place: {
  readonly operation: string;
  readonly target?: string;
  readonly region?: string;
  readonly account?: string | null;
}): {
  readonly action: string;
  readonly resource: string;
} {
  const { operation, target, region = "", account } = place;
  const action = ACTIONS[operation] ?? `lambda:${operation}`;
  if (target === undefined || ON_ALL.has(operation)) return { action, resource: "*" };
  const partition = partitionOf(region);
  if (!action.startsWith("s3:")) {
    const suffix = ON_LAYER[operation];
    const resource = suffix === undefined ? `function:${target}` : `layer:${target}${suffix}`;
    const arn = `arn:${partition}:lambda:${region}:${account ?? "ACCOUNT"}:${resource}`;
    return { action, resource: target.startsWith("arn:") ? target : arn };
  }
  // Without ListBucket S3 answers 403 for an absent object, too:
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
  const list =
    operation === "PutObject" ? "" : `, and s3:ListBucket on arn:${partition}:s3:::${target.split("/")[0]}`;
  return { action, resource: `arn:${partition}:s3:::${target}${list}` };
}
