import { get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Who listens on a port: the instance asked for, another program, nobody, or something that does not answer in time,
 * as an emulator whose machine is busy.
 */
export type Health = "ours" | "other" | "nobody" | "silent";

/** Milliseconds. */
const ANSWER_TIMEOUT = 1_000;
const PATIENCE = 3_000;

function ask(port: number, token: string): Promise<Health> {
  return new Promise((resolve) => {
    // An agent of its own knows no proxy.
    const options = {
      host: "127.0.0.1",
      port,
      path: "/_ministack/health",
      agent: false,
      timeout: ANSWER_TIMEOUT,
    };
    const request = get(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(body.includes(`"edition": "${token}"`) ? "ours" : "other"));
      response.on("error", () => resolve("silent"));
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ECONNREFUSED" ? "nobody" : error.message === "timeout" ? "silent" : "other"),
    );
  });
}

/**
 * Asks MiniStack's health page, which repeats the edition that it was started with: here a token that no other
 * instance has, so that a port that another program has taken over is told apart.
 *
 * @param patience - milliseconds to go on asking something that does not answer
 */
export async function healthOf(port: number, token: string, patience: number = PATIENCE): Promise<Health> {
  const deadline = Date.now() + patience;
  for (;;) {
    const health = await ask(port, token);
    if (health !== "silent" || Date.now() >= deadline) return health;
    await delay(100);
  }
}
