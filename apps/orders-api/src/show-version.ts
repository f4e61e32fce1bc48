import type { Route } from "./http/handler.ts";
import { packageVersion } from "./version.ts";

/** `GET /version`: who is answering. */
export const showVersion: Route = {
  method: "GET",
  path: /^\/version$/,
  run: (_event, _parameter, context) => ({
    status: 200,
    body: {
      service: "orders-api",
      version: packageVersion,
      environment: process.env.ENVIRONMENT ?? null,
      function: context.functionName,
      functionVersion: context.functionVersion,
    },
  }),
};
