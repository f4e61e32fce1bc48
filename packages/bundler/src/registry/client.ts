import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { sleep } from "@sluice/core";
import type undici from "undici";
import type { Dispatcher } from "undici";
import { settingsInvalid } from "./errors.ts";
import type { Environment } from "./npmrc.ts";
import type { RegistrySettings } from "./settings.ts";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** What became of a request after all attempts: an answer that another attempt would not change, or why there is none. */
export type Exchange =
  | Answer
  | { readonly status: null; readonly reason: string; readonly attempts: number; readonly cause: unknown };

export interface RegistryClient {
  get(url: string, headers: Readonly<Record<string, string>>): Promise<Exchange>;
  close(): Promise<void>;
}

function number(text: string | undefined, fallback: number): number {
  const value = Number(text ?? fallback);
  return Number.isFinite(value) && value >= 0 ? value : fallback;
}

/** How long a registry may be silent, in ms. */
function idleOf(settings: RegistrySettings): number {
  return number(settings.npm["fetch-timeout"], 60_000);
}

/** The authorities to trust: `ca`, as npm has it in place, or those of `cafile`. `undefined`: Node.js's own. */
function authorities(settings: RegistrySettings): string | undefined {
  const { ca, cafile } = settings.npm;
  if (ca !== undefined && ca !== "null") return ca.replaceAll("\\n", "\n");
  if (cafile === undefined || cafile === "null") return undefined;
  try {
    return readFileSync(resolve(settings.root, cafile), "utf8");
  } catch (error) {
    throw settingsInvalid(settings.root, `the cafile ${cafile} cannot be read`, error);
  }
}

/** Loaded late, and by its default: bundled into the command, a CommonJS module has no other export. */
async function loadUndici(): Promise<typeof undici> {
  return (await import("undici")).default;
}

/** Sockets with the settings' time-outs, authorities and proxies. Node.js 20's own fetch knows no proxy. */
async function dispatcherFor(settings: RegistrySettings, env: Environment): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await loadUndici();
  const { npm } = settings;
  const first = (...names: string[]): string | undefined =>
    names
      .map((name) => npm[name] ?? env[name] ?? env[name.toUpperCase()])
      .find((value) => value && value !== "null" && value !== "false");
  const idle = idleOf(settings);
  const ca = authorities(settings);
  const tls = { rejectUnauthorized: npm["strict-ssl"] !== "false", ...(ca === undefined ? {} : { ca }) };
  return new EnvHttpProxyAgent({
    // An empty text keeps it from reading the environment itself.
    httpProxy: first("proxy", "http_proxy") ?? "",
    httpsProxy: first("https-proxy", "https_proxy", "proxy", "http_proxy") ?? "",
    noProxy: first("noproxy", "no_proxy") ?? "",
    // A tunnel is for https alone, as everywhere else.
    proxyTunnel: false,
    headersTimeout: idle,
    bodyTimeout: idle,
    connect: { ...tls, timeout: Math.min(idle, 15_000) },
    requestTls: tls,
    proxyTls: tls,
  });
}

/** Why there was no answer, without what may hold a URL with credentials. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as { code?: unknown } | null)?.code;
  const message = cause instanceof Error ? cause.message.replace(/\w+:\/\/\S+/g, "…") : "no answer";
  return typeof code === "string" && !message.includes(code) ? `${message} (${code})` : message;
}

/**
 * A client that tries again after network errors, cut-off bodies, 408, 429 and 5xx: `fetch-retries` times (default 2), waiting
 * `fetch-retry-mintimeout` ms (default 500) and then twice as long. `fetch-timeout` (default 60,000 ms) is for silence.
 */
export async function createClient(
  settings: RegistrySettings,
  env: Environment,
  signal: AbortSignal,
): Promise<RegistryClient> {
  const { fetch } = await loadUndici();
  const dispatcher = await dispatcherFor(settings, env);
  const attempts = 1 + number(settings.npm["fetch-retries"], 2);
  const pause = number(settings.npm["fetch-retry-mintimeout"], 500);
  const idle = idleOf(settings);
  const once = async (url: string, headers: Readonly<Record<string, string>>): Promise<Answer> => {
    // Follows redirects, and leaves the credentials behind when they lead to another host (Fetch, "HTTP-redirect fetch").
    // undici 7 never settles when a proxy hangs up on a tunnel, so that the wait for an answer is bounded here too.
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error(`no answer within ${idle} ms`)), idle + 1000);
    try {
      const either = AbortSignal.any([signal, silence.signal]);
      const response = await fetch(url, { headers, signal: either, dispatcher });
      clearTimeout(timer);
      return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    close: () => dispatcher.destroy(),
    get: async (address, headers) => {
      // Credentials in a URL have become a header.
      const url = new URL(address);
      url.username = "";
      url.password = "";
      let last: Exchange = { status: null, reason: "not tried", attempts: 0, cause: null };
      for (let attempt = 1; attempt <= attempts; attempt++) {
        if (attempt > 1) await sleep(pause * 2 ** (attempt - 2), signal);
        try {
          const answer = await once(url.href, headers);
          if (answer.status < 500 && answer.status !== 408 && answer.status !== 429) return answer;
          last = { status: null, reason: `it answered ${answer.status}`, attempts: attempt, cause: null };
        } catch (error) {
          signal.throwIfAborted();
          last = { status: null, reason: reasonOf(error), attempts: attempt, cause: error };
        }
      }
      return last;
    },
  };
}
