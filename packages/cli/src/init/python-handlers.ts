/** Texts in triple quotes, where examples of handlers stand. */
const QUOTED = /[rbuRBU]{0,2}("""|''')[\s\S]*?\1/g;

/** A function at the module's top that takes an event and a context. */
const DEFINED = /^def\s+(\w+)\s*\(\s*(\w+)[^,()]*,\s*(\w+)/gm;

/** What adapters make of an application, and what is made by a call. */
const ASSIGNED =
  /^(?:(lambda_handler)\s*(?::[^=\n]+)?=[^=]|(handler)\s*(?::[^=\n]+)?=\s*(?:mangum\.)?Mangum\()/gm;

/** AWS's console and SAM's templates have the first, the Serverless Framework and CDK's examples the second. */
const CONVENTIONAL: readonly string[] = ["lambda_handler", "handler"];

/** A method of a class, or a function inside of another, is indented, and so no handler. */
function definedIn(text: string, wanted: ReadonlySet<string>): string[] {
  return [...text.matchAll(DEFINED)].flatMap(([, name = "", first = ""]) =>
    wanted.has(name) && first !== "self" && first !== "cls" ? [name] : [],
  );
}

/**
 * The names of the handlers in a Python module, by its text: conventional ones, and those that are named elsewhere.
 *
 * @param named - names of functions that templates name for this module
 */
export function pythonHandlers(source: string, named: readonly string[] = []): readonly string[] {
  const text = source.replace(QUOTED, '""');
  const wanted = new Set([...CONVENTIONAL, ...named]);
  const assigned = [...text.matchAll(ASSIGNED)].map(([, first, second]) => first ?? second ?? "");
  return [...new Set([...definedIn(text, wanted), ...assigned])];
}
