/** A stable, documented code: `SLUICE_` and capitals. */
export type ProblemCode = `SLUICE_${string}`;

/**
 * What a problem means for the run, and with it the exit code:
 *
 * | kind | exit code | meaning |
 * |---|---|---|
 * | `defect` | 1 | Sluice is wrong; the message asks for a report |
 * | `usage` | 2 | usage or configuration error: nothing was attempted |
 * | `refusal` | 3 | a gate refused: nothing was written |
 * | `target` | 4 | some target failed or is in conflict |
 * | `absent` | 5 | `--require-existing`, and a function is absent |
 * | `interrupted` | 130 | SIGINT or SIGTERM |
 */
export type ProblemKind = "defect" | "usage" | "refusal" | "target" | "absent" | "interrupted";

export const EXIT_CODES: Readonly<Record<ProblemKind, number>> = {
  defect: 1,
  usage: 2,
  refusal: 3,
  target: 4,
  absent: 5,
  interrupted: 130,
};

/** A problem as data: formatted last, by whoever shows it. */
export interface Problem {
  readonly code: ProblemCode;
  readonly kind: ProblemKind;
  /** What happened, in one sentence without the code. */
  readonly message: string;
  /** Where: `file:line:column`, a configuration path such as `environments.dev.region`, or a target. */
  readonly where?: string;
  /** What to do next. */
  readonly hint: string;
}

const BRAND: symbol = Symbol.for("sluice.error");

/**
 * The one error class. It carries one problem or several that were found together; `code`, `hint` and the exit
 * code are the first one's. Recognise it with {@link isSluiceError}, never with `instanceof`: a user's configuration
 * may load a second copy of this package.
 */
export class SluiceError extends Error {
  readonly problems: readonly [Problem, ...Problem[]];

  constructor(problems: Problem | readonly [Problem, ...Problem[]], options?: { cause?: unknown }) {
    const list = (Array.isArray(problems) ? problems : [problems]) as readonly [Problem, ...Problem[]];
    super(list.map((problem) => problem.message).join("\n"), options);
    this.name = "SluiceError";
    this.problems = list;
    Object.defineProperty(this, BRAND, { value: true });
  }

  get code(): ProblemCode {
    return this.problems[0].code;
  }

  get hint(): string {
    return this.problems[0].hint;
  }

  /** The exit code of the process: the first problem’s. */
  get exitCode(): number {
    return EXIT_CODES[this.problems[0].kind];
  }
}

/** Whether `error` is a {@link SluiceError}, of this copy of the package or another. */
export function isSluiceError(error: unknown): error is SluiceError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/**
 * Makes an error from a problem. Catalogues are objects of functions that return this:
 * one function per code, which says what, where and what next.
 */
export function sluiceError(problem: Problem, cause?: unknown): SluiceError {
  return new SluiceError(problem, cause === undefined ? undefined : { cause });
}

/** Makes an error of kind `usage`, which most are: what is wrong with a repository is the repository's to mend. */
export function usageError(
  code: ProblemCode,
  message: string,
  hint: string,
  where?: string,
  cause?: unknown,
): SluiceError {
  return sluiceError(
    { code, kind: "usage", message, hint, ...(where === undefined ? {} : { where }) },
    cause,
  );
}

/** Joins several errors into one that shows every problem at once; `undefined` for none. */
export function joinErrors(errors: readonly SluiceError[]): SluiceError | undefined {
  const [first, ...rest] = errors.flatMap((error) => error.problems);
  if (first === undefined) return undefined;
  return new SluiceError([first, ...rest], { cause: errors[0] });
}

/** Code of {@link defect}. */
export const DEFECT = "SLUICE_DEFECT";

/**
 * An error that should not have come up: what Sluice did not expect.
 *
 * @param doing - what it was at, as `updating orders-dev in eu-west-1`
 */
export function defect(cause: unknown, doing: string, where?: string): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return sluiceError(
    {
      code: DEFECT,
      kind: "defect",
      message: `Sluice failed in a way that it should not, ${doing}: ${reason}`,
      ...(where === undefined ? {} : { where }),
      hint: "Please report this with the output of the same command under --log-level debug.",
    },
    cause,
  );
}
