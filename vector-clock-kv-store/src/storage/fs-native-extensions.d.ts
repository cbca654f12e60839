/** The package brings no types of its own. */
declare module 'fs-native-extensions' {
  /** Takes an exclusive lock of the whole file; false when another has one. It ends when the descriptor is closed. */
  export function tryLock(fd: number): boolean;
}
