import type { VectorClock } from '../../../causality/vector-clock.ts';
import { type ClockForm, clockFields, formatClockAs, readClock } from './clock-form.ts';

/** A replication message, in the words of the contract. */
export type Message = { sender: string; key: string; value: unknown; vc: VectorClock };

/** How a node's replication messages look: the names and forms that it uses for the contract's fields. */
export type MessageForm = {
  names: { sender: string; key: string; value: string; vc: string };
  /** Whether the sender is a JSON number. */
  isNumericSender: boolean;
  clock: ClockForm;
  /** The property that holds the message or messages; undefined if they are the body itself. */
  wrapper: string | undefined;
  /** Whether messages come as a list. */
  isBatch: boolean;
};

/** The form in the contract. */
export const contractForm: MessageForm = {
  names: { sender: 'sender', key: 'key', value: 'value', vc: 'vc' },
  isNumericSender: false,
  clock: 'object',
  wrapper: undefined,
  isBatch: false,
};

/** Names in use for the contract's fields, the contract's first. */
const synonyms = {
  sender: ['sender', 'sender_id', 'senderId', 'from', 'origin', 'source', 'node_id', 'nodeId', 'node', 'id'],
  key: ['key', 'k'],
  value: ['value', 'val', 'v', 'data'],
};

type Json = Record<string, unknown>;

/**
 * Reads the body of a replication request in whatever form it is.
 *
 * @param ids all node ids, in the order of list-valued clocks
 * @returns undefined if the body holds no message
 */
export function readMessages(
  body: unknown,
  ids: readonly string[],
): { messages: Message[]; form: MessageForm } | undefined {
  const direct = readList(body, ids, undefined);
  if (direct !== undefined || !isObject(body)) return direct;
  for (const [name, inner] of Object.entries(body)) {
    const wrapped = readList(inner, ids, name);
    if (wrapped !== undefined) return wrapped;
  }
  return undefined;
}

/** Formats a message as the judged node expects it from its peers. */
export function formatMessage(message: Message, form: MessageForm, ids: readonly string[]): unknown {
  const { names, isNumericSender, clock, wrapper, isBatch } = form;
  const formatted = {
    [names.sender]: isNumericSender ? Number(message.sender) : message.sender,
    [names.key]: message.key,
    [names.value]: message.value,
    [names.vc]: formatClockAs(clock, message.vc, ids),
  };
  const listed = isBatch ? [formatted] : formatted;
  return wrapper === undefined ? listed : { [wrapper]: listed };
}

function readList(body: unknown, ids: readonly string[], wrapper: string | undefined) {
  const list: unknown[] = Array.isArray(body) ? body : [body];
  const read = list.map((item) => readOne(item, ids));
  const messages = read.flatMap((one) => (one === undefined ? [] : [one.message]));
  const form = read[0]?.form;
  if (form === undefined || messages.length < list.length) return undefined;
  return { messages, form: { ...form, wrapper, isBatch: Array.isArray(body) } };
}

function readOne(item: unknown, ids: readonly string[]): { message: Message; form: MessageForm } | undefined {
  if (!isObject(item)) return undefined;
  const vcName = clockFields.find((name) => readClock(item[name], ids) !== undefined);
  const names = {
    sender: synonyms.sender.find((name) => isId(item[name])),
    key: synonyms.key.find((name) => typeof item[name] === 'string'),
    value: synonyms.value.find((name) => Object.hasOwn(item, name)),
  };
  const { sender, key, value } = names;
  if (sender === undefined || key === undefined || value === undefined || vcName === undefined)
    return undefined;
  const clock = readClock(item[vcName], ids);
  if (clock === undefined) return undefined;
  return {
    message: {
      sender: String(item[sender]),
      key: String(item[key]),
      value: item[value],
      vc: clock.vc,
    },
    form: {
      names: { sender, key, value, vc: vcName },
      isNumericSender: typeof item[sender] === 'number',
      clock: clock.form,
      wrapper: undefined,
      isBatch: false,
    },
  };
}

function isId(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
