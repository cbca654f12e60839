import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read, sessions, write } from '../support/history-operations.ts';
import { runClient } from '../support/run-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

const documentation = new URL('../../docs/history-format.md', import.meta.url);

const check = (file: string) => runClient(['check', file], { NO_COLOR: '1' });

describe('client.ts check', () => {
  const file = async (content: string) => {
    const path = join(directory.path, 'history.json');
    await writeFile(path, content);
    return path;
  };

  it('exits with 0 for a consistent history', async () => {
    const history = sessions({ alice: [write('x', 1)], bob: [read('x', 1)] });
    const { stdout, exitCode } = await check(await file(JSON.stringify(history)));
    expect(stdout).toBe('CONSISTENT  causally convergent; operations: 2, sessions: 2, keys: 1');
    expect(exitCode).toBe(0);
  });

  it('prints the verdict as JSON with --json', async () => {
    const path = await file(JSON.stringify(sessions({ alice: [write('x', 1)], bob: [read('x', 1)] })));
    const { stdout, exitCode } = await runClient(['check', '--json', path]);
    expect(JSON.parse(stdout)).toEqual({
      ...{ consistent: true, operations: 2, sessions: 2, keys: 1 },
      session_violations: [],
    });
    expect(exitCode).toBe(0);
  });

  it('exits with 1 for the documented history and explains the violation', async () => {
    const example = /```json\n(.*?)```/s.exec(await readFile(documentation, 'utf8'))?.[1];
    const { stdout, exitCode } = await check(await file(example ?? ''));
    expect(stdout.split('\n')).toEqual([
      'INCONSISTENT  WriteCOInitRead: carol[1] read photo, got nothing at node3, although alice[0] write photo="alice#1" at node1 precedes it.',
      '',
      '  alice[0] write photo="alice#1" at node1',
      '  carol[1] read photo, got nothing at node3',
      '',
      'step by step:',
      '  alice[0] write photo="alice#1" at node1  →  bob[0] read photo, got "alice#1" at node2  (which it read)',
      '  bob[0] read photo, got "alice#1" at node2  →  bob[1] write comment="bob#1" at node2  (later in its session)',
      '  bob[1] write comment="bob#1" at node2  →  carol[0] read comment, got "bob#1" at node3  (which it read)',
      '  carol[0] read comment, got "bob#1" at node3  →  carol[1] read photo, got nothing at node3  (later in its session)',
    ]);
    expect(exitCode).toBe(1);
  });

  it('exits with 1 when clocks violate a session guarantee', async () => {
    const history = sessions({
      alice: [
        { ...write('x', 1), vc: { n1: 2 } },
        { ...write('y', 1), vc: { n2: 1 } },
      ],
    });
    const { stdout, exitCode } = await check(await file(JSON.stringify(history)));
    expect(stdout).toContain('SESSION GUARANTEES  violations: 1');
    expect(stdout).toContain('monotonic writes: alice[1] write y=1');
    expect(exitCode).toBe(1);
  });

  it.each([
    ['not JSON', '{"sessions": [', 'is not JSON: '],
    [
      'not a history',
      '{"sessions":[{"name":"a","operations":[{"kind":"read"}]}]}',
      'sessions.0.operations.0.key: ',
    ],
  ])('exits with 2 for a file that is %s and names the error in one line', async (_what, content, reason) => {
    const path = await file(content);
    const { stdout, stderr, exitCode } = await check(path);
    expect(stdout).toBe('');
    expect(stderr).toContain(`client: ${path}: ${reason}`);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(exitCode).toBe(2);
  });

  it('exits with 2 for a missing file', async () => {
    const { stderr, exitCode } = await check(join(directory.path, 'no-such.json'));
    expect(stderr).toBe(`client: ${join(directory.path, 'no-such.json')}: no such file`);
    expect(exitCode).toBe(2);
  });
});
