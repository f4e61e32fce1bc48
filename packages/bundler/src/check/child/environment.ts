import type { Job } from "./job.ts";

/**
 * Variables that switch something in Node.js, the AWS SDK or widespread libraries. They are read by every other module and missed
 * by none, so they are neither invented nor told.
 */
const SWITCHES =
  /^(?:NODE_(?!ENV$)|npm_|LC_|XDG_|OTEL_|POWERTOOLS_|_|WATCH_REPORT_DEPENDENCIES$|DEBUG|CI$|TERM|COLORTERM|COLOR|NO_COLOR|FORCE_COLOR|LANG$|LANGUAGE$|PWD$|SHELL$|USER|LOGNAME$|SSL_CERT|HTTPS?_PROXY$|NO_PROXY$|ALL_PROXY$|https?_proxy$|no_proxy$|READABLE_STREAM|GRACEFUL_FS|WS_NO_|JEST_|VITEST|DATADOG|DD_|UV_|UNDICI_|HOMEDRIVE$|HOMEPATH$|USERPROFILE$|APPDATA$|SystemRoot$|windir$)/;

/** The AWS SDK reads these by itself; what else begins so is the user's, as `AWS_BUCKET`. */
const SDK =
  /^AWS_(?!.*(?:BUCKET|ACCOUNT|TABLE|QUEUE|TOPIC|ARN$|POOL|DOMAIN|CLIENT_|STAGE|USER|KEY_ID$|ACCESS_KEY$|SESSION_TOKEN$))/;

/** What the SDK looks for credentials in: Lambda has them, a check has none, and nobody has to be told of them. */
export const AT_RUNTIME: RegExp =
  /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|ROLE_ARN|ACCOUNT_ID)$/;

const URL_VALUE = "https://localhost.invalid";

/** A number that is a valid port and unlikely to stand in a message for another reason. */
const NUMBER_VALUE = "49151";

/** Values by what the name promises, the first that fits. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/^NODE_ENV$/, "production"],
  [/ARN$/i, "arn:aws:lambda:us-east-1:123456789012:function:placeholder"],
  [/REGION$/i, "us-east-1"],
  [/ACCOUNT(?:_?ID)?$/i, "123456789012"],
  [/EMAIL|SENDER/i, "placeholder@localhost.invalid"],
  [/UR[IL]S?$|ENDPOINT|ORIGIN|WEBHOOK|ISSUER/i, URL_VALUE],
  [/HOST(?:NAME)?$|DOMAIN/i, "localhost.invalid"],
  [
    /PORT$|TIMEOUT|COUNT|SIZE|LIMIT|_?M(?:AX|IN)(?:_|$)|TTL|_MS$|SECONDS|MINUTES|RATE|RETRIES|CONCURRENCY/i,
    NUMBER_VALUE,
  ],
  [/^(?:IS|USE|ENABLE|DISABLE|ALLOW|SKIP)_|ENABLED$|DISABLED$|FLAG$|VERBOSE/i, "true"],
  [/LOG_?LEVEL/i, "info"],
];

/** Texts by which a failure shows that it comes from an invented value, or from one that is not there. */
export const INVENTED: readonly string[] = ["placeholder", "localhost.invalid", NUMBER_VALUE];

/** What to give when no name helps: one of these may pass a check of its form. */
export const FALLBACKS: readonly string[] = [URL_VALUE, NUMBER_VALUE];

function valueFor(name: string, placeholders: Job["placeholders"]): string | undefined {
  if (placeholders === "none") return undefined;
  if (typeof placeholders === "object") return placeholders.value;
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? "placeholder";
}

/** An environment that notes what is missed in it, and may make it up. */
export function watchedEnvironment(
  env: NodeJS.ProcessEnv,
  placeholders: Job["placeholders"],
): { readonly env: NodeJS.ProcessEnv; readonly missed: ReadonlySet<string> } {
  const missed = new Set<string>();
  const miss = (key: string): string | undefined => {
    if (SWITCHES.test(key) || SDK.test(key)) return undefined;
    // The last one read stands last.
    missed.delete(key);
    if (missed.size < 500) missed.add(key);
    return valueFor(key, placeholders);
  };
  const get = (target: NodeJS.ProcessEnv, key: string | symbol): unknown => {
    if (typeof key === "symbol" || key in target) return Reflect.get(target, key);
    return miss(key);
  };
  const watched = new Proxy(env, {
    get,
    // Not with the proxy as receiver, as by default: Node.js then refuses to change a variable that there is.
    set: (target, key, value) => Reflect.set(target, key, value),
    has: (target, key) => Reflect.has(target, key) || (typeof key === "string" && miss(key) !== undefined),
  });
  return { env: watched, missed };
}
