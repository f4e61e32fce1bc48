import { createOrder } from "./create-order.ts";
import { createHandler, type HttpHandler } from "./http/handler.ts";
import { showVersion } from "./show-version.ts";
import { tableStore } from "./table.ts";

export const handler: HttpHandler = createHandler([createOrder(tableStore), showVersion]);
