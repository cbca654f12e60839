import { isLife, type LifeId } from '../causality/lineage.ts';
import { isNodeName } from '../causality/node-id.ts';

/**
 * How nodes with a cluster token prove to each other that they know it, without sending it.
 *
 * A heartbeat request carries a fresh challenge. The response proves, for that challenge and for its own body, that it
 * comes from the node of that name and life. Requests to a node that has proved itself are signed: for that life, with
 * a sequence number of the sender's life, so that nobody who sees one can change it or send it again.
 */

/** Carries the challenge of a heartbeat request. */
export const CHALLENGE_HEADER = 'x-gridclock-challenge';

/** Carries the proof of a heartbeat response. */
export const PROOF_HEADER = 'x-gridclock-proof';

/** A challenge: 16 random bytes or more, in base64url. */
export function isChallenge(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9_-]{22,64}$/.test(text);
}

/** What a heartbeat's proof authenticates. `host`: the name under which the requester called. */
export type Proof = { challenge: string; host: string; name: string; life: LifeId; digest: string };

export function proofText({ challenge, host, name, life, digest }: Proof): string {
  return ['gridclock proof 1', challenge, hostName(host), name, life, digest].join('\n');
}

/** Without the port, which a client may leave out. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

/** What the signature of a request authenticates besides its method, path and receiver. */
export type RequestSignature = { sender: string; life: LifeId; sequence: number; digest: string };

/** A request as sender and receiver see it. `path` includes the query. */
export type SignedRequest = RequestSignature & {
  method: string;
  path: string;
  receiver: { name: string; life: LifeId };
};

export function requestText(request: SignedRequest): string {
  const { digest, life, method, path, receiver, sender, sequence } = request;
  const parts = [method, path, receiver.name, receiver.life, sender, life, sequence, digest];
  return ['gridclock request 1', ...parts].join('\n');
}

/** The `Authorization` header of a signed request. */
export function formatSignature({ digest, life, sender, sequence }: RequestSignature, mac: string): string {
  return `Gridclock ${sender} ${life} ${sequence} ${digest} ${mac}`;
}

/** Reads an `Authorization` header; undefined if it is none of a signed request. */
export function parseSignature(
  header: string | undefined,
): { signature: RequestSignature; mac: string } | undefined {
  const match = /^Gridclock (\S+) (\S+) (\d{1,15}) ([\w-]{43}) ([\w-]{43})$/.exec(header ?? '');
  const [, sender = '', life = '', sequence, digest = '', mac = ''] = match ?? [];
  if (!isNodeName(sender) || !isLife(life)) return undefined;
  return { signature: { sender, life, sequence: Number(sequence), digest }, mac };
}
