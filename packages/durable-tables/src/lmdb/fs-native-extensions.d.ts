/** The package has no types. */
declare module 'fs-native-extensions' {
  /** Locks the whole file exclusively; false if another process holds the lock. Closing the descriptor releases it. */
  export function tryLock(fd: number): boolean;
}
