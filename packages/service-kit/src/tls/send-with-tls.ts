import type { AxiosAdapter } from 'axios';
import type { TlsAgent } from './tls-agent.ts';

/**
 * Sends a request with TLS, on the same port, whatever scheme its URL has. Lists of peers, DNS names and records of
 * members therefore need no change when TLS is turned on, and nothing is ever sent without it.
 */
export function sendWithTls(agent: TlsAgent, exchange: AxiosAdapter): AxiosAdapter {
  return (config) => {
    agent.refresh();
    const { baseURL, url } = config;
    return exchange({
      ...config,
      ...(baseURL === undefined ? {} : { baseURL: secureUrl(baseURL) }),
      ...(url === undefined ? {} : { url: secureUrl(url) }),
    });
  };
}

/** Returns a URL with the scheme `https` and the same port. */
export function secureUrl(text: string): string {
  if (!/^http:\/\//i.test(text)) return text;
  const { host, port } = new URL(text);
  const rest = text.slice(text.indexOf('//') + 2).replace(/^[^/?#]*/, '');
  return `https://${port === '' ? `${host}:80` : host}${rest}`;
}
