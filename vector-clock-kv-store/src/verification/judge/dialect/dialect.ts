import type { ClockForm } from './clock-form.ts';
import type { MessageForm } from './message-form.ts';

/** How PEERS names the others: `node2=http://host:5000`, `http://host:5000` or `host:5000`. */
type PeersForm = 'named' | 'urls' | 'hosts';

/** How a node must be started. */
export type LaunchForm = { ids: 'words' | 'numbers'; peers: PeersForm };

/** A request of a client. */
export type RouteForm = { method: 'POST' | 'PUT' | 'GET'; path: string };

/** How a node speaks the contract: where it deviates from it, it can be judged all the same. */
export type Dialect = {
  launch: LaunchForm;
  put: RouteForm;
  /** `{key}` in the path stands for the key. */
  get: RouteForm;
  /** The path to which nodes send messages. */
  replicate: RouteForm;
  message: MessageForm;
  /** How answers to clients name and form their clock; undefined: they carry none. */
  answerClock: { name: string; form: ClockForm } | undefined;
  /** Whether `GET /state` shows the buffer. */
  showsBuffer: boolean;
  /** Whether `GET /` or `GET /state` shows the node's clock. */
  showsClock: boolean;
};

/** The launch forms to try, the contract's own first. */
export const launchForms: readonly LaunchForm[] = [
  { ids: 'words', peers: 'named' },
  { ids: 'words', peers: 'urls' },
  { ids: 'words', peers: 'hosts' },
  { ids: 'numbers', peers: 'urls' },
  { ids: 'numbers', peers: 'hosts' },
  { ids: 'numbers', peers: 'named' },
];

export const putForms: readonly RouteForm[] = [
  { method: 'POST', path: '/put' },
  { method: 'PUT', path: '/put' },
  { method: 'POST', path: '/write' },
  { method: 'PUT', path: '/write' },
];

export const getForms: readonly RouteForm[] = [
  { method: 'GET', path: '/get?key={key}' },
  { method: 'GET', path: '/read?key={key}' },
  { method: 'GET', path: '/read/{key}' },
  { method: 'GET', path: '/get/{key}' },
];

/** The ids of a cluster, in the order of list-valued clocks. */
export function idsOf({ ids }: LaunchForm, count: number): string[] {
  return Array.from({ length: count }, (_, index) => (ids === 'words' ? `node${index + 1}` : String(index)));
}

/** Formats PEERS. */
export function formatPeers({ peers }: LaunchForm, urls: ReadonlyMap<string, string>): string {
  return [...urls]
    .map(([id, url]) => {
      if (peers === 'named') return `${id}=${url}`;
      return peers === 'urls' ? url : url.replace(/^http:\/\//, '');
    })
    .join(',');
}

/** Names each deviation from the contract, one phrase each. */
export function describeDialect(dialect: Dialect): string[] {
  const { launch, put, get, replicate, message, answerClock } = dialect;
  const { names } = message;
  const fieldNames = Object.entries(names).filter(([field, name]) => field !== name);
  return [
    ...(launch.ids === 'numbers' ? ['NODE_ID is a number'] : []),
    ...(launch.peers === 'urls' ? ['PEERS without ids'] : []),
    ...(launch.peers === 'hosts' ? ['PEERS without scheme'] : []),
    ...(put.path === '/put' && put.method === 'POST' ? [] : [`writes by ${put.method} ${put.path}`]),
    ...(get.path === '/get?key={key}' ? [] : [`reads by ${get.method} ${get.path}`]),
    ...(replicate.path === '/replicate' ? [] : [`replicates to ${replicate.method} ${replicate.path}`]),
    ...fieldNames.map(([field, name]) => `messages have \`${name}\` for \`${field}\``),
    ...(message.isBatch ? ['messages come as lists'] : []),
    ...(message.wrapper === undefined ? [] : [`messages are wrapped in \`${message.wrapper}\``]),
    ...(message.isNumericSender ? ['senders are JSON numbers'] : []),
    ...(message.clock === 'list' ? ['clocks are lists'] : []),
    ...(answerClock === undefined ? ['answers carry no clock'] : []),
    ...(answerClock === undefined || answerClock.name === 'vc'
      ? []
      : [`answers have \`${answerClock.name}\` for \`vc\``]),
    ...(dialect.showsBuffer ? [] : ['GET /state shows no buffer']),
    ...(dialect.showsClock ? [] : ['no route shows the clock']),
  ];
}
