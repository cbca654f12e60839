import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

type LookupAll = (hostname: string, options: LookupAllOptions, answer: Answer) => void;

/**
 * Returns a function that looks names up as `lookupAll` does, but once for all who ask for a name at the same time.
 *
 * Node.js looks names up in four threads, and cannot give up. One name that takes seconds, such as that of an absent
 * peer, would occupy them all while it is retried, and connections to every other host would time out.
 */
export function sharingLookups(lookupAll: LookupAll): LookupAll {
  const waiting = new Map<string, Answer[]>();
  return (hostname, options, answer) => {
    const key = JSON.stringify([hostname.toLowerCase(), options.family, options.hints]);
    const others = waiting.get(key);
    if (others !== undefined) {
      others.push(answer);
      return;
    }
    const answers = [answer];
    waiting.set(key, answers);
    lookupAll(hostname, options, (error, addresses) => {
      waiting.delete(key);
      for (const each of answers) each(error, addresses);
    });
  };
}

/** Looks up all addresses of a name, shared by the whole process. */
export const lookupShared = sharingLookups((hostname, options, answer) => lookup(hostname, options, answer));
