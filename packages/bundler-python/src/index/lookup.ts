import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import type { LookupFunction } from "node:net";

type Answer = readonly [error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]];

/** Asks for all addresses of a name. */
export type Ask = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Finds addresses as Node.js does, but connections that ask for the same name at once share one question. Eight questions at once are
 * too many for the resolvers of some networks and containers, and one that is lost is asked again after five seconds
 * (resolv.conf(5), `timeout`).
 */
export function createLookup(ask: Ask = lookup): LookupFunction {
  const underWay = new Map<string, Promise<Answer>>();
  const askOnce = (hostname: string, options: LookupOptions): Promise<Answer> => {
    const key = JSON.stringify([hostname, options.family ?? 0, options.hints ?? 0]);
    const asked =
      underWay.get(key) ??
      new Promise<Answer>((resolve) => {
        ask(hostname, { ...options, all: true }, (error, addresses) => {
          underWay.delete(key);
          resolve([error, addresses ?? []]);
        });
      });
    underWay.set(key, asked);
    return asked;
  };
  return (hostname, options, callback) => {
    void askOnce(hostname, options).then(([error, addresses]) => {
      const [first] = addresses;
      if (error !== null || first === undefined)
        callback(error ?? new Error(`${hostname} has no address`), "");
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}
