/** Names that handlers have by convention: Lambda's documentation's, SAM's templates', Apollo Server's guide's. */
const CONVENTIONAL = new Set(["handler", "lambdaHandler", "graphqlHandler"]);

/** Declarations that are exported where they stand; the second group is the type that a constant is given. */
const DECLARED = /\bexport\s+(?:async\s+)?(?:function\s*\*?|const|let|var)\s*([\w$]+)(?:\s*:\s*([\w$.]+))?/g;
const DEFAULT_FUNCTION = /\bexport\s+default\s+(?:async\s+)?function\s+([\w$]+)/g;
const DEFAULT_NAME = /\bexport\s+default\s+([\w$]+)\s*(?:;|$)/gm;
const LISTED = /\bexport\s*\{([^}]*)\}/g;
const ASSIGNED = /\b(?:module\.)?exports\.([\w$]+)\s*=/g;
const OBJECT = /\bmodule\.exports\s*=\s*\{([^}]*)/g;

const COMMENT_LINE = /^\s*(?:\/\/|\/?\*).*$/gm;

function declared(text: string): string[] {
  const isTyped = /["']aws-lambda["']/.test(text);
  return [...text.matchAll(DECLARED)].flatMap(([, name = "", type = ""]) =>
    CONVENTIONAL.has(name) || (isTyped && /Handler$/.test(type)) ? [name] : [],
  );
}

function listed(text: string): string[] {
  const names = [...text.matchAll(LISTED)].flatMap(([, list = ""]) =>
    list.split(",").map(
      (each) =>
        each
          .split(/\sas\s/)
          .at(-1)
          ?.trim() ?? "",
    ),
  );
  const properties = [...text.matchAll(OBJECT)].flatMap(([, list = ""]) =>
    [...list.matchAll(/[\w$]+/g)].map(([name]) => name),
  );
  const assigned = [...text.matchAll(ASSIGNED)].map(([, name = ""]) => name);
  return [...names, ...properties, ...assigned].filter((name) => CONVENTIONAL.has(name));
}

function isDefault(text: string): boolean {
  return [DEFAULT_FUNCTION, DEFAULT_NAME].some((pattern) =>
    [...text.matchAll(pattern)].some(([, name = ""]) => CONVENTIONAL.has(name)),
  );
}

/**
 * The names under which a module exports handlers, by its text: conventional ones, and those whose type is one of the
 * `…Handler` types of `aws-lambda`. `default` stands for a handler that is exported in no other way.
 */
export function handlerExports(source: string): readonly string[] {
  const text = source.replace(COMMENT_LINE, "");
  const names = [...new Set([...declared(text), ...listed(text)])];
  return names.length === 0 && isDefault(text) ? ["default"] : names;
}
