import { access } from "./errors.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** As the variables of their endpoints spell them. */
export type Service = "lambda" | "sts" | "s3" | "cloudwatch" | "cloudwatch_logs" | "codedeploy";

/**
 * The endpoint URL that the environment sets for a service, or `null` for AWS's own. The service's own variable goes
 * before the one for all: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * @throws `SLUICE_ENDPOINT_INVALID` when it is not an http or https URL
 */
export function endpointUrl(env: Env, service: Service): string | null {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === "true") return null;
  const own = `AWS_ENDPOINT_URL_${service.toUpperCase()}`;
  const variable = env[own] ? own : "AWS_ENDPOINT_URL";
  const value = env[variable];
  if (!value) return null;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw access.endpointInvalid(variable, value);
  }
  return value;
}
