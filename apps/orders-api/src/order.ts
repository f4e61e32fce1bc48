import * as v from "valibot";

const item = v.strictObject({
  sku: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/, "must be 1 to 32 letters, digits and -"),
  ),
  quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
});

/** What a client sends. Unknown keys are refused: a misspelt one would be lost without a word. */
export const newOrderSchema = v.strictObject({
  customer: v.pipe(v.string(), v.trim(), v.nonEmpty("must not be empty"), v.maxLength(100)),
  items: v.pipe(
    v.array(item),
    v.minLength(1, "must hold at least one item"),
    v.maxLength(50),
    v.check((items) => new Set(items.map(({ sku }) => sku)).size === items.length, "must name each sku once"),
  ),
  note: v.exactOptional(v.pipe(v.string(), v.maxLength(500))),
});

export type NewOrder = v.InferOutput<typeof newOrderSchema>;

/** What a client gets back. */
export type Order = NewOrder & {
  /** UUID. */
  readonly id: string;
  /** ISO 8601, in UTC. */
  readonly createdAt: string;
};

/** One line for each thing that is wrong, with its path: `items.0.quantity: …`. */
export function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string[] {
  return issues.map((issue) => `${v.getDotPath(issue) ?? "(the whole)"}: ${issue.message}`);
}
