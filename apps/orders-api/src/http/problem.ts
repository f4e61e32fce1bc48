/** A request that cannot be answered as asked; shown to the client as RFC 9457 has it. */
export class HttpProblem extends Error {
  readonly status: number;
  /** What is wrong, point by point. */
  readonly errors: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    title: string,
    more: { readonly errors?: readonly string[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(title);
    this.name = "HttpProblem";
    this.status = status;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }
}
