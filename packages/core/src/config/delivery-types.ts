/** A time span: seconds as a number, or as `30s`, `10m`, `1h`. */
export type Duration = number | string;

interface TestLimits {
  /** Default 30. */
  readonly timeoutSeconds?: number;
}

/** Invokes the new function version. */
export interface InvocationTest extends TestLimits {
  /** The payload: any JSON value. */
  readonly invoke: unknown;
  /**
   * What the result must hold: an object's keys must be there with these values, the result may have more; everything else must
   * be equal. Without it, any result that is no function error passes.
   */
  readonly expect?: unknown;
}

/** What an HTTP answer must be. */
export interface HttpExpectation {
  /** Default: any from 200 to 299. */
  readonly status?: number | readonly number[];
  readonly headers?: Readonly<Record<string, string>>;
  /** A text that the body must have in it, or a JSON value that it must hold, as {@link InvocationTest.expect}. */
  readonly body?: unknown;
}

/** Asks the function URL. */
export interface HttpTest extends TestLimits {
  /** A path, or the request. */
  readonly http:
    | string
    | {
        /** Default `/`. */
        readonly path?: string;
        /** Default `GET`. */
        readonly method?: string;
        readonly headers?: Readonly<Record<string, string>>;
        /** A text, or a JSON value. */
        readonly body?: unknown;
        /**
         * Alias whose function URL is asked, such as `candidate`; it is pointed at the new function version first. Without it,
         * the URL of `$LATEST`, which has the new code.
         */
        readonly alias?: string;
      };
  readonly expect?: HttpExpectation;
}

/** Runs a command in the repository's root; exit code 0 passes. */
export interface CommandTest extends TestLimits {
  /** Run by the shell, with SLUICE_FUNCTION, SLUICE_TARGET, SLUICE_REGION, SLUICE_VERSION and more in its environment. */
  readonly command: string;
}

/** What a new function version has to pass before the alias is moved to it. */
export type TestConfig = InvocationTest | HttpTest | CommandTest;

interface TrafficWatch {
  /** CloudWatch alarms by name, with `{function}`, `{target}`, `{environment}`; one in ALARM ends the rollout. */
  readonly alarms?: readonly string[];
  /** Tests between the steps. Default: those of function and environment. */
  readonly test?: TestConfig | readonly TestConfig[];
}

/** How the alias's calls go over to a new function version. */
export type TrafficConfig =
  /** One step: this percentage, `bake`, then all. */
  | (TrafficWatch & { readonly canary: number; readonly bake: Duration })
  /** This percentage more each time, `every` so long, until all. */
  | (TrafficWatch & { readonly linear: number; readonly every: Duration })
  /** CodeDeploy moves the alias. */
  | {
      readonly codeDeploy: {
        readonly application: string;
        readonly group: string;
        /** Deployment configuration, such as `CodeDeployDefault.LambdaCanary10Percent5Minutes`. Default: the group's. */
        readonly config?: string;
      };
    };

/** KMS keys, as ARNs. */
export interface KmsConfig {
  /** Encrypts the objects of an S3 store (SSE-KMS). */
  readonly store?: string;
  /** Encrypts the function's deployment package at Lambda (`SourceKMSKeyArn`). */
  readonly code?: string;
}

/** A {@link TestConfig} with every default filled in. */
export type ResolvedTest =
  | {
      readonly kind: "invoke";
      readonly payload: unknown;
      /** Missing when anything passes. */
      readonly expect?: unknown;
      readonly timeoutSeconds: number;
    }
  | {
      readonly kind: "http";
      readonly path: string;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      /** Missing for none. */
      readonly body?: unknown;
      readonly alias: string | null;
      readonly expect: {
        /** Empty: 200 to 299. */
        readonly statuses: readonly number[];
        readonly headers: Readonly<Record<string, string>>;
        readonly body?: unknown;
      };
      readonly timeoutSeconds: number;
    }
  | { readonly kind: "command"; readonly command: string; readonly timeoutSeconds: number };

export type ResolvedTraffic =
  | {
      readonly kind: "steps";
      /** Percentages that the new version gets before all: above 0, below 100, rising. */
      readonly steps: readonly number[];
      /** Seconds after each step. */
      readonly pauseSeconds: number;
      readonly alarms: readonly string[];
      /** `null`: the target's own. */
      readonly tests: readonly ResolvedTest[] | null;
    }
  | {
      readonly kind: "codeDeploy";
      readonly application: string;
      readonly group: string;
      readonly config: string | null;
    };
