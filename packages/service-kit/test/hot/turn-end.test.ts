import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TurnEnd } from '../../src/hot/turn-end.ts';

describe('TurnEnd', () => {
  it('runs all actions in order, after the promises of this turn', async () => {
    const end = new TurnEnd();
    const ran: string[] = [];
    end.add(() => ran.push('first'));
    void Promise.resolve().then(() => end.add(() => ran.push('second')));
    await Promise.resolve();
    process.nextTick(() => ran.push('tick'));
    expect(ran).toEqual([]);
    await turn();
    expect(ran).toEqual(['tick', 'first', 'second']);
  });

  it('runs what an event and its promises add right after them', async () => {
    const end = new TurnEnd();
    const ran: string[] = [];
    setImmediate(() => ran.push('another event'));
    end.handling();
    end.handling();
    for (const name of ['first', 'second'])
      void Promise.resolve()
        .then(() => {})
        .then(() => end.add(() => ran.push(name)));
    await turn();
    expect(ran).toEqual(['first', 'second', 'another event']);
  });

  it('runs what was added before an event together with what the event adds', async () => {
    const end = new TurnEnd();
    const ran: string[] = [];
    end.add(() => ran.push('before'));
    end.handling();
    end.add(() => ran.push('event'));
    await turn();
    expect(ran).toEqual(['before', 'event']);
    end.add(() => ran.push('after'));
    await turn();
    expect(ran).toEqual(['before', 'event', 'after']);
  });

  it('runs each action in the context of its caller', async () => {
    const context = new AsyncLocalStorage<string>();
    const end = new TurnEnd();
    const ran: (string | undefined)[] = [];
    for (const name of ['first', 'second'])
      context.run(name, () => end.add(() => ran.push(context.getStore())));
    await turn();
    expect(ran).toEqual(['first', 'second']);
  });

  it('runs what an action adds in the next turn, and nothing twice', async () => {
    const end = new TurnEnd();
    const ran: string[] = [];
    end.add(() => {
      ran.push('first');
      end.add(() => ran.push('added'));
    });
    end.add(() => ran.push('second'));
    await turn();
    expect(ran).toEqual(['first', 'second']);
    await turn();
    await turn();
    expect(ran).toEqual(['first', 'second', 'added']);
  });
});
