import 'lmdb';

/** The package exports this function, but its types do not. */
declare module 'lmdb' {
  /** Encodes a key as the package stores it. */
  export function keyValueToBuffer(key: Key): Buffer;
}
