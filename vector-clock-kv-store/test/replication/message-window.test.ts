import { describe, expect, it } from 'vitest';
import { MessageWindow } from '../../src/replication/message-window.ts';

describe('MessageWindow', () => {
  it('counts a message as accepted once those before it are', () => {
    const window = new MessageWindow();
    const [first, second] = [window.add(10), window.add(15)];
    second(15);
    expect([window.accepted, window.sent, window.size]).toEqual([0, 15, 2]);
    first(10);
    expect([window.accepted, window.sent, window.size]).toEqual([15, 15, 0]);
  });

  it('starts again behind the last accepted write once none is in flight', () => {
    const window = new MessageWindow();
    const [first, second, third] = [window.add(10), window.add(20), window.add(30)];
    first(10);
    second(0);
    expect([window.isBroken, window.sent]).toEqual([true, 30]);
    third(30);
    expect([window.isBroken, window.accepted, window.sent]).toEqual([false, 10, 10]);
  });

  it('counts the start of a message that was accepted in part', () => {
    const window = new MessageWindow();
    const [first, second] = [window.add(10), window.add(20)];
    second(20);
    first(4);
    expect([window.isBroken, window.accepted, window.sent]).toEqual([false, 4, 4]);
  });

  it('sends nothing again that the peer has got meanwhile', () => {
    const window = new MessageWindow();
    const fail = window.add(10);
    window.advance(7);
    fail(0);
    expect([window.accepted, window.sent]).toEqual([7, 7]);
    window.advance(12);
    expect([window.accepted, window.sent]).toEqual([12, 12]);
  });
});
