import * as v from "valibot";
import { flag, objectOr, strict, text, texts } from "./schema-parts.ts";

const percentage = v.pipe(
  v.number("must be a percentage, above 0 and below 100"),
  v.gtValue(0, "must be a percentage, above 0 and below 100"),
  v.ltValue(100, "must be a percentage, above 0 and below 100"),
);

/** `30s`, `10m`, `1h`. */
const DURATION: RegExp = /^(\d+(?:\.\d+)?) ?(s|m|h)$/;

/** Seconds that a rollout may take for a step: two days, as CodeDeploy's own (TimeBasedCanary, 2,880 minutes). */
const LONGEST_PAUSE = 172_800;

const isDuration = (value: unknown): value is number | string =>
  (typeof value === "number" && value >= 0) || (typeof value === "string" && DURATION.test(value));

const duration = v.pipe(
  v.custom<number | string>(isDuration, 'must be a time, as "30s", "10m" or "1h", or a number of seconds'),
  v.check((span) => secondsOf(span) <= LONGEST_PAUSE, "must be 48 hours at most"),
);

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Seconds of a time span. */
export function secondsOf(span: number | string): number {
  if (typeof span === "number") return span;
  const [, digits, unit = "s"] = DURATION.exec(span) ?? [];
  return Number(digits) * (UNITS[unit] ?? 1);
}

const limits = {
  // An invocation ends after 15 minutes at the latest (Lambda quotas, "Function timeout").
  timeoutSeconds: v.optional(
    v.pipe(
      v.number("must be a number of seconds, from 1 to 900"),
      v.minValue(1, "must be a number of seconds, from 1 to 900"),
      v.maxValue(900, "must be a number of seconds, from 1 to 900"),
    ),
  ),
};
const headers = v.record(v.string(), v.string("must be a text"), "must be an object: name → text");
const status = v.pipe(
  v.number("must be an HTTP status"),
  v.integer("must be an HTTP status"),
  v.minValue(100, "must be an HTTP status"),
  v.maxValue(599, "must be an HTTP status"),
);

const invocation = strict({ ...limits, invoke: v.unknown(), expect: v.optional(v.unknown()) });
const request = strict({
  ...limits,
  http: objectOr(
    strict({
      path: v.optional(v.pipe(text("a path, such as /health"), v.startsWith("/", "must begin with /"))),
      method: v.optional(text("an HTTP method, such as GET")),
      headers: v.optional(headers),
      body: v.optional(v.unknown()),
      alias: v.optional(text("the name of an alias")),
    }),
    v.pipe(text("a path, such as /health, or an object with path"), v.startsWith("/", "must begin with /")),
  ),
  expect: v.optional(
    strict({
      status: v.optional(v.lazy((input) => (Array.isArray(input) ? v.array(status) : status))),
      headers: v.optional(headers),
      body: v.optional(v.unknown()),
    }),
  ),
});
const command = strict({ ...limits, command: text("a shell command") });

/** Which kind a test is, is told by its key, so that what is wrong is said of that kind. */
const oneTest: v.GenericSchema<unknown> = v.lazy((input) => {
  if (typeof input === "object" && input !== null) {
    if ("http" in input) return request;
    if ("command" in input) return command;
    if ("invoke" in input) return invocation;
  }
  return v.custom<unknown>(() => false, "must be an object with invoke, http or command");
});

/** One test, or a list. */
export const testSchema: v.GenericSchema<unknown> = v.lazy((input) =>
  Array.isArray(input) ? v.array(oneTest) : oneTest,
);

const watch = {
  alarms: v.optional(texts("the name of a CloudWatch alarm")),
  test: v.optional(testSchema),
};

const trafficSchema: v.GenericSchema<unknown> = v.lazy((input) => {
  if (typeof input === "object" && input !== null) {
    if ("canary" in input) return strict({ ...watch, canary: percentage, bake: duration });
    if ("linear" in input) return strict({ ...watch, linear: percentage, every: duration });
    if ("codeDeploy" in input) {
      const group = strict({
        application: text("the name of a CodeDeploy application"),
        group: text("the name of a deployment group"),
        config: v.optional(text("the name of a deployment configuration")),
      });
      return strict({ codeDeploy: group });
    }
  }
  return v.custom<unknown>(() => false, "must be an object with canary, linear or codeDeploy");
});

const key = v.pipe(
  text("the ARN of a KMS key"),
  v.regex(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/.+$/,
    "must be the ARN of a KMS key: arn:aws:kms:<region>:<account>:key/<id>",
  ),
);

/** What environments have for delivery, beyond where they are. */
export const deliveryEntries: v.ObjectEntries = {
  promoteFrom: v.optional(text("the name of an environment")),
  test: v.optional(
    v.lazy((input) =>
      typeof input === "boolean" ? v.literal(false, "must be false, or tests") : testSchema,
    ),
  ),
  traffic: v.optional(trafficSchema),
  keepVersions: v.optional(
    v.pipe(
      v.number("must be a whole number"),
      v.integer("must be a whole number"),
      v.minValue(1, "must be at least 1"),
    ),
  ),
  createAlias: v.optional(flag),
  kms: v.optional(strict({ store: v.optional(key), code: v.optional(key) })),
  allowDowngrade: v.optional(flag),
  lease: v.optional(flag),
};
