import { execa } from 'execa';

/** Whether a Docker engine answers on this machine. */
export async function engineRuns(): Promise<boolean> {
  const { failed } = await execa('docker', ['version', '--format', '{{.Server.Version}}'], {
    reject: false,
    timeout: 30_000,
  });
  return !failed;
}
