import type { Dependencies } from "../dependencies.ts";
import type { DeclaredIndexes } from "./settings.ts";

/** What the dependencies' files say of indexes: their addresses, and the options that stand among the requirements. */
export function declaredIn({ indexes, request }: Dependencies): DeclaredIndexes {
  if (request.type !== "requirements") return { indexes };
  const options = [...(request.text ?? "").matchAll(/^--([a-z-]+)(?:[ =](.*))?$/gm)];
  const has = (name: string): boolean => options.some(([, option]) => option === name);
  const findLinks = options.filter(([, option]) => option === "find-links").map(([, , value = ""]) => value);
  return {
    indexes,
    replaceDefault: has("index-url"),
    findLinks,
    noIndex: has("no-index"),
    trustedHosts: request.trustedHosts,
  };
}
