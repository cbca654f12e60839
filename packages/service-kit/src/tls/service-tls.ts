import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { readTlsMaterial, type TlsMaterial, type TlsPaths } from './tls-material.ts';

/** What an HTTP client needs to reach one kind of peer. */
export type PeerTls = {
  tls: ServiceTls;
  /** The role that the peer's certificate must state; undefined accepts any. */
  role?: string;
  /** The name that a peer's certificate must have where its URL has an IP address, as behind a DNS name of many. */
  addressName?: string;
};

export type ServiceTlsOptions = {
  paths: TlsPaths;
  /** The role that this process's own certificate must state; undefined for a tool. */
  role?: string;
  /** Milliseconds since 1970. */
  wallClock: () => number;
};

/** The certificates of this process and of the authorities that it trusts. They can change while it runs. */
export class ServiceTls {
  readonly paths: readonly string[];
  readonly #options: ServiceTlsOptions;
  #material: TlsMaterial;
  #context: SecureContext;
  #generation = 0;
  readonly #onChange: (() => void)[] = [];

  /** Reads the files. @throws EnvironmentError that names the variable of the wrong file */
  constructor(options: ServiceTlsOptions) {
    this.#options = options;
    const { ca, own } = options.paths;
    this.paths = own === undefined ? [ca] : [ca, own.certificate, own.key];
    this.#material = this.#read();
    this.#context = createSecureContext(contextOptions(this.#material));
  }

  /** Reads the files again. Returns whether they changed. @throws as the constructor, and changes nothing then */
  load(): boolean {
    const next = this.#read();
    if (contentOf(next) === contentOf(this.#material)) return false;
    this.#context = createSecureContext(contextOptions(next));
    this.#material = next;
    this.#generation += 1;
    for (const changed of this.#onChange) changed();
    return true;
  }

  /** Calls back after each change. */
  onChange(changed: () => void): void {
    this.#onChange.push(changed);
  }

  /** Grows with each change. */
  get generation(): number {
    return this.#generation;
  }

  get authorities(): readonly X509Certificate[] {
    return this.#material.authorities;
  }

  /** The own certificate, and those that have signed it. Empty for a tool without one. */
  get chain(): readonly X509Certificate[] {
    return this.#material.own?.chain ?? [];
  }

  /** The settings of a connection that this process opens. */
  get clientContext(): SecureContext {
    return this.#context;
  }

  /** The settings of this process's server. */
  get serverContext(): SecureContextOptions {
    return contextOptions(this.#material);
  }

  /** Returns what a client needs to reach peers with a role. */
  peers(role: string, addressName?: string): PeerTls {
    return { tls: this, role, ...(addressName === undefined ? {} : { addressName }) };
  }

  #read(): TlsMaterial {
    const { paths, role, wallClock } = this.#options;
    return readTlsMaterial(paths, role, wallClock(), (path) => readFileSync(path, 'utf8'));
  }
}

function contextOptions({ ca, own }: TlsMaterial): SecureContextOptions {
  return { ca, ...(own === undefined ? {} : { cert: own.cert, key: own.key }), minVersion: 'TLSv1.3' };
}

function contentOf({ ca, own }: TlsMaterial): string {
  return [ca, own?.cert, own?.key].join('\n');
}
