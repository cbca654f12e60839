import { describe, expect, it } from 'vitest';
import { readProvenance } from '../../src/report/provenance.ts';

describe('readProvenance', () => {
  it('names the command with its arguments', async () => {
    const { at, command } = await readProvenance(
      'client.ts',
      ['original', '--report', 'out.html'],
      new Date(5),
    );
    expect(at).toEqual(new Date(5));
    expect(command).toBe('client.ts original --report out.html');
  });

  it('leaves out secrets', async () => {
    const args = ['--token', 'hunter2', '--token=hunter2', '--tls-key-file', 'key.pem', '--nodes', 'a'];
    const { command } = await readProvenance('client.ts', args, new Date(0));
    expect(command).toBe('client.ts --token *** --token=*** --tls-key-file *** --nodes a');
  });
});
