/** Operations whose IAM action has another name than `lambda:` and their own. */
const ACTIONS: Readonly<Record<string, string>> = {
  Invoke: "lambda:InvokeFunction",
  GetLayerVersionByArn: "lambda:GetLayerVersion",
  HeadObject: "s3:GetObject",
  GetObject: "s3:GetObject",
  PutObject: "s3:PutObject",
  ListObjectsV2: "s3:ListBucket",
  DescribeAlarms: "cloudwatch:DescribeAlarms",
  FilterLogEvents: "logs:FilterLogEvents",
  CreateDeployment: "codedeploy:CreateDeployment",
  GetDeployment: "codedeploy:GetDeployment",
  GetDeploymentGroup: "codedeploy:GetDeploymentGroup",
  ListDeployments: "codedeploy:ListDeployments",
  StopDeployment: "codedeploy:StopDeployment",
  AssumeRole: "sts:AssumeRole",
  GetCallerIdentity: "sts:GetCallerIdentity",
};

/**
 * Operations that IAM knows on everything alone; DescribeAlarms tells of composite alarms only to whoever may ask for all:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
const ON_ALL = new Set(["ListFunctions", "ListEventSourceMappings", "GetCallerIdentity", "DescribeAlarms"]);

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

/** Where something is, for its ARN. */
interface Somewhere {
  readonly operation: string;
  readonly target: string;
  readonly prefix: (service: string) => string;
}

function lambdaResource({ operation, target, prefix }: Somewhere): string {
  if (target.startsWith("arn:")) return target;
  const suffix = ON_LAYER[operation];
  return `${prefix("lambda")}:${suffix === undefined ? `function:${target}` : `layer:${target}${suffix}`}`;
}

/** `target` is `application/group`; a deployment's id says nothing of its group, which IAM goes by. */
function codeDeployResource({ target, prefix }: Somewhere): string {
  return `${prefix("codedeploy")}:deploymentgroup:${target.includes("/") ? target : "*"}`;
}

/** `target` is a log group, or the function that has it by default. */
function logsResource({ target, prefix }: Somewhere): string {
  return `${prefix("logs")}:log-group:${target.includes("/") ? target : `/aws/lambda/${target}`}:*`;
}

const RESOURCES: Readonly<Record<string, (place: Somewhere) => string>> = {
  codedeploy: codeDeployResource,
  logs: logsResource,
  sts: ({ target }) => target,
};

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
  const [service = ""] = action.split(":");
  if (service !== "s3") {
    const prefix = (name: string): string => `arn:${partition}:${name}:${region}:${account ?? "ACCOUNT"}`;
    const resource = (RESOURCES[service] ?? lambdaResource)({ operation, target, prefix });
    return { action, resource };
  }
  // Without ListBucket S3 answers 403 for an absent object, too:
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
  const bucket = `arn:${partition}:s3:::${target.split("/")[0]}`;
  if (operation === "ListObjectsV2") return { action, resource: bucket };
  const reads = operation === "HeadObject" || operation === "GetObject";
  const list = reads ? `, and s3:ListBucket on ${bucket}` : "";
  return { action, resource: `arn:${partition}:s3:::${target}${list}` };
}
