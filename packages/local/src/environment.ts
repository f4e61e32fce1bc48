import type { LocalAws } from "./local-aws.ts";

/** MiniStack's account for whoever names none. */
const DEFAULT_ACCOUNT = "000000000000";
/** MiniStack's own default. Accounts and regions are apart, as in AWS. */
const REGION = "us-east-1";
/** What would win over the variables below, or be sent along with them. */
const UNSET = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
];

/**
 * The variables with which Sluice, the AWS SDKs and the AWS CLI talk to the embedded AWS. `SLUICE_LOCAL_PYTHON` is for a
 * configuration whose wheels must fit: it names the only `python` runtime that the embedded AWS really has.
 *
 * @param account - twelve digits: MiniStack takes the access key's id for the account. Default `000000000000`
 */
export function localEnvironment(local: LocalAws, account: string = DEFAULT_ACCOUNT): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: local.endpoint,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: "true",
    SLUICE_LOCAL_PYTHON: local.python,
  };
}

/** {@link localEnvironment} as lines for a POSIX shell, which also take away what would win over them. */
export function localShell(local: LocalAws, account?: string): string {
  const lines = Object.entries(localEnvironment(local, account)).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  return `${[`unset ${UNSET.join(" ")}`, ...lines].join("\n")}\n`;
}
