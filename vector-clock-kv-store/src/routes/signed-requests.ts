import type { IncomingMessage } from 'node:http';
import { isMacWith, type Token } from '@gridclock/service-kit';
import type { LifeId } from '../causality/lineage.ts';
import { parseSignature, type RequestSignature, requestText } from '../messages/peer-authentication.ts';

/** This node as others sign requests for it. */
export type Receiver = { name: string; life: LifeId };

/**
 * Returns the signature of a request if it is valid for this node. Whether the body is the signed one, and whether the
 * request came before, is to be checked once the body has been read.
 */
export function validSignature(
  request: IncomingMessage & { originalUrl?: string },
  token: Token,
  receiver: Receiver,
): RequestSignature | undefined {
  const { mac, signature } = parseSignature(request.headers.authorization) ?? {};
  if (signature === undefined || mac === undefined) return undefined;
  const { method = '', originalUrl, url = '' } = request;
  const text = requestText({ ...signature, method, path: originalUrl ?? url, receiver });
  return isMacWith(token, text, mac) ? signature : undefined;
}
