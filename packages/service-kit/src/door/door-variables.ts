import { z } from 'zod';
import { parseHost } from '../browsers/host-names.ts';

const listOf = (text: string) => text.split(/[\s,]+/).filter((item) => item !== '');

/** A name, `.name` or `*.name` for its subdomains, or `*`. A scheme and a port, as in a proxy's address, are dropped. */
function readHost(item: string): string | undefined {
  if (item === '*') return item;
  const host = item.replace(/^https?:\/\//, '').replace(/^\*\./, '.');
  const parsed = parseHost(host.replace(/^\./, ''));
  return parsed && `${host.startsWith('.') ? '.' : ''}${parsed.name}`;
}

function isOrigin(item: string): boolean {
  return /^https?:\/\/[^\s/?#@]+$/.test(item) && URL.canParse(item);
}

/** What a service accepts from browsers and under which names; every service has both. */
export const doorVariables = {
  /** Names under which clients reach the service, beside private ones; `.example.com` is every name below it. */
  ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform(listOf)
    .refine(
      (items) => items.every((item) => readHost(item) !== undefined),
      'must be host names, such as grid.example.com',
    )
    .transform((items) => items.flatMap((item) => readHost(item) ?? [])),
  /** Origins, such as https://app.example.com, whose pages may send requests that change something. */
  TRUSTED_ORIGINS: z
    .string()
    .default('')
    .transform(listOf)
    .refine((items) => items.every(isOrigin), 'must be origins, such as https://app.example.com')
    .transform((items) => items.map((item) => new URL(item).origin)),
};
