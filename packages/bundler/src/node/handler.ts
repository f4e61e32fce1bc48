import { handlerInvalid } from "../errors.ts";

/** Where the Node.js runtime looks for a handler. */
export interface HandlerPlace {
  /** Path in the package without extension, as `api/orders`. */
  readonly module: string;
  /** Exported name, and names of properties below it: `api.orders` is `["api", "orders"]`. */
  readonly path: readonly [string, ...string[]];
}

/**
 * Takes a handler string apart as the Node.js runtime does: the last path segment up to its first dot is the module's
 * name, what follows is the export (aws-lambda-nodejs-runtime-interface-client, `UserFunction`).
 *
 * @throws `SLUICE_HANDLER_INVALID`
 */
export function parseHandler(functionName: string, handler: string): HandlerPlace {
  const match = /^((?:[^/\\]+\/)*)([^/\\.]+)\.([^/\\]+)$/.exec(handler);
  const [, folder = "", file = "", names = ""] = match ?? [];
  const [first, ...rest] = names.split(".");
  const segments = folder.split("/");
  if (match === null || !first || rest.includes("") || segments.includes("..") || segments.includes(".")) {
    throw handlerInvalid(functionName, handler);
  }
  return { module: folder + file, path: [first, ...rest] };
}
