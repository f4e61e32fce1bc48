import type { Message } from "esbuild";
import { formatPlace } from "../errors.ts";
import { isInstalled } from "./portable.ts";

/** esbuild's names for code that only finds its modules when it runs; it says nothing of them by itself. */
export const COMPUTED = {
  "indirect-require": "warning",
  "unsupported-dynamic-import": "warning",
  "unsupported-require-call": "warning",
} as const;

/** Lines that are shown; what is more is counted. */
const SHOWN = 5;

/**
 * Packages whose computed imports are for what functions do without, or for what they are given: views of Express, migrations and
 * drivers of the data mappers, configuration files of tools.
 */
const HARMLESS =
  /\/node_modules\/(?:express|@protobufjs\/inquire|knex|kysely|mikro-orm|typeorm|sequelize|type-graphql|mysql2|yargs|yargs-parser|import-fresh|cosmiconfig|@aws\/durable-execution-sdk-js|file-type|@nestjs\/(?:common|core|microservices)|winston|i18next-fs-backend|google-gax|@google-cloud\/[^/]+|@sentry\/[^/]+)\//;

const WORD: Readonly<Record<string, string>> = {
  "indirect-require": "require, passed on as a value,",
  "unsupported-dynamic-import": "import() of a computed name",
  "unsupported-require-call": "require() of a computed name",
};

export function isComputed(message: Message): boolean {
  return message.id in COMPUTED;
}

/** Whether a value is only asked whether it is there: `typeof require`, `require.main === module`. */
function isProbe({ id, location }: Message): boolean {
  if (id !== "indirect-require" || location === null) return false;
  const { lineText, column, length } = location;
  const text = Buffer.from(lineText);
  const before = text.subarray(0, column).toString();
  const after = text.subarray(column + length).toString();
  return /(?:typeof\s*\(?\s*|[!=]==?\s*)$/.test(before) || /^\s*(?:\)?\s*[!=]==?|&&|\?)/.test(after);
}

function packageOf(file: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/s.exec(file)?.[1] ?? file;
}

/** One line for each place in own sources, and one for each package that may miss something. */
function linesOf(messages: readonly Message[], packed: ReadonlySet<string>): string[] {
  const lines = new Map<string, string>();
  for (const message of messages) {
    const at = message.location;
    if (at === null || isProbe(message) || !packed.has(at.file)) continue;
    const place = formatPlace({ file: at.file, line: at.line, column: at.column + 1 });
    if (!isInstalled(at.file)) {
      lines.set(
        place,
        `${place}: ${WORD[message.id]} is not bundled, since nobody knows what it loads. Write the names out, or put the packages into the zip by include: ["name"].`,
      );
    } else if (message.id !== "indirect-require" && !HARMLESS.test(`/${at.file}`)) {
      const name = packageOf(at.file);
      if (!lines.has(name))
        lines.set(
          name,
          `${name} loads modules by computed names (${place}), which are not bundled. If it misses one: external: ["${name}"].`,
        );
    }
  }
  return [...lines.values()];
}

/**
 * What to tell about computed imports: a few lines, own sources first, and how many more there are.
 *
 * @param packed - inputs of which code is in a bundle
 */
export function computedNotices(messages: readonly Message[], packed: ReadonlySet<string>): string[] {
  const own = messages.filter(({ location }) => location !== null && !isInstalled(location.file));
  const rest = messages.filter((message) => !own.includes(message));
  const lines = [...linesOf(own, packed), ...linesOf(rest, packed)];
  const more = lines.length - SHOWN;
  return more > 0 ? [...lines.slice(0, SHOWN), `… and ${more} more places with computed imports.`] : lines;
}
