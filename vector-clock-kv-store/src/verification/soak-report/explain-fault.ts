import { type InjectedFault, isLinkFault } from '@gridclock/simulation-kit';

/** Names a fault with its targets: `hold node1 → node2`. */
export function nameFault({ kind, nodes, delayMs }: InjectedFault): string {
  const where = nodes.join(isLinkFault(kind) || kind === 'cut' ? ' → ' : ', ');
  return `${kind} ${where}${delayMs === undefined ? '' : `, ${delayMs} ms`}`;
}

/** Says in a sentence what a fault did, and where. */
export function explainFault({ kind, nodes, delayMs = 0 }: InjectedFault): string {
  const [first = '', second = ''] = nodes;
  const all = nodes.join(', ');
  switch (kind) {
    case 'hold':
      return `Messages from ${first} to ${second} were held back until the end of the fault.`;
    case 'drop':
      return `Messages from ${first} to ${second} were lost, so ${first} had to send them again.`;
    case 'duplicate':
      return `Messages from ${first} to ${second} arrived twice.`;
    case 'reorder':
      return `Messages from ${first} to ${second} overtook each other.`;
    case 'delay':
      return `Messages from ${first} to ${second} arrived ${delayMs} ms late.`;
    case 'cut':
      return `No message from ${first} reached ${second}; in the other direction they did.`;
    case 'disconnect':
      return `${first} was cut off from the other nodes in both directions, but not from its clients.`;
    case 'split':
      return `${first} was cut off, and each side removed the other from the cluster; then both were admitted again.`;
    case 'flood':
      return `${first} was cut off while clients wrote megabytes to it, more than the log may hold.`;
    case 'kill':
    case 'crash':
      return `${all}: killed (SIGKILL), and started again at the end of the fault.`;
    case 'pause':
      return `${first} was stopped (SIGSTOP): it accepted connections and did not answer.`;
    case 'wipe':
      return `${first} was killed and lost its disk; it started again with nothing.`;
    case 'restore':
      return `The disk of ${first} was copied, and at the end of the fault replaced by that copy: it lost what came between.`;
    case 'twin':
      return `A second process ran under the name ${first}, with a copy of its disk.`;
    case 'readdress':
      return `${first} moved to another address.`;
    case 'gray':
      return `${first} answered health checks, while its work hung.`;
    case 'fill':
      return `The disk of ${first} was full.`;
    case 'rollback':
      return `The disks of ${all} were replaced by copies of one moment.`;
  }
}
