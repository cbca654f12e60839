import { styleText } from 'node:util';

/** A URL for the user, with an optional note such as the sign-in. Without a URL, the note says why. */
export type Address = {
  name: string;
  url?: string | undefined;
  note?: string | undefined;
  /** Whether a browser shows a page there. Pages are listed first. */
  isPage?: boolean;
};

/** A suite that is up: its addresses, the commands to try next, and how to stop it. */
export type RunningSuite = { addresses: readonly Address[]; next: readonly string[]; stop: string };

/** Formats the addresses and first commands of a running suite: the last lines of every start. */
export function formatGettingStarted({ addresses, next, stop }: RunningSuite): string {
  const width = Math.max(...addresses.map(({ name }) => name.length)) + 2;
  const format = ({ name, url, note }: Address) => `  ${name.padEnd(width)}${describe(url, note)}`;
  const pages = addresses.filter(({ isPage, url }) => isPage && url !== undefined);
  const others = addresses.filter((address) => !pages.includes(address));
  return [
    styleText('bold', 'Gridclock is running'),
    ...(pages.length === 0 ? [] : ['Pages:', ...pages.map(format), 'Services:']),
    ...others.map(format),
    '',
    'Try, in another terminal:',
    ...next.map((command) => `  ${command}`),
    '',
    stop,
  ].join('\n');
}

function describe(url: string | undefined, note: string | undefined): string {
  if (url === undefined) return note ?? '';
  return note === undefined ? styleText('cyan', url) : `${styleText('cyan', url)}  (${note})`;
}
