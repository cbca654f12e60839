/** Two URLs of one substation are equal in this form: without the default port, and with the host in lower case. */
export function normalizeUrl(url: string): string {
  return new URL(url).href.replace(/\/+$/, '');
}
