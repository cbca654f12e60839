/** What a scan of a JSON text finds that the parsed value does not show. */
export type JsonScan = {
  /** The members of all objects together, repeated ones included. */
  members: number;
  /** The levels of arrays and objects. */
  depth: number;
  /** A number that parsing changes, as it was sent; a long one is cut. */
  inexactNumber: string | undefined;
  /** The outermost member that holds that number; empty in an array. */
  inexactMember: string;
  /** The outermost array, or the first array that is a member of the outermost object. */
  list: ScannedList;
};

/** Where an array is in a text. */
export type ScannedList = {
  /** The member that it is, as it was sent; empty for an outermost array. */
  member: string;
  /** Where its first item begins. */
  start: number;
  /**
   * Where its items end, at most MAX_ITEMS of them and the last. Empty if there is no such array, or if the text has spaces
   * between its parts or numbers that JSON.stringify writes far longer or shorter.
   */
  ends: number[];
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const SPACE = 0x20;
/** The first letter. Brackets and braces come behind it, all other signs before. */
const LETTERS = 0x41;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;

/** 20,000: no service accepts as many items. */
const MAX_ITEMS = 20_000;

/** The most digits that a number can be formatted with. */
const MAX_PRECISION = 100;

/** Enough to recognize a number in a message, in characters. */
const SHOWN_LENGTH = 40;

/** Shorter numbers without an exponent have at most 15 digits, which every double keeps. */
const MIN_INEXACT_LENGTH = 16;

/** The longest number that JSON.stringify writes without an exponent is as long as -0.0000012345678901234567. */
const MAX_PLAIN_LENGTH = 25;

/** Scans a JSON text in UTF-8: about 1.5 ms per megabyte, a fraction of what parsing takes. */
export function scanJson(json: Uint8Array): JsonScan {
  const { length } = json;
  const ends: number[] = [];
  // The level of the items while the scan is inside the list; 0 before and behind it.
  let [listLevel, listStart, listMember] = json[0] === ARRAY ? [1, 1, ''] : [0, 0, ''];
  let isConcise = true;
  let [members, level, depth] = [0, 0, 0];
  let [stringStart, stringEnd] = [0, 0];
  let outermost = { start: 0, end: 0 };
  let inexactNumber: string | undefined;
  let inexactMember = '';
  for (let at = 0; at < length; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) {
      stringStart = at + 1;
      at = endOfString(json, at);
      stringEnd = at;
    } else if (byte >= LETTERS) {
      if (byte === OBJECT || byte === ARRAY) {
        depth = Math.max(depth, ++level);
        if (byte === ARRAY && level === 2 && listStart === 0)
          [listLevel, listStart, listMember] = [2, at + 1, textOf(json, outermost.start, outermost.end)];
      } else if (byte === OBJECT_END || byte === ARRAY_END) {
        if (level === listLevel) {
          ends.push(at);
          listLevel = 0;
        }
        level--;
      }
    } else if (byte === COLON) {
      members++;
      if (level === 1) outermost = { start: stringStart, end: stringEnd };
    } else if (byte === COMMA) {
      if (level === listLevel && ends.length < MAX_ITEMS) ends.push(at);
    } else if (byte <= SPACE) isConcise = false;
    else if (byte === MINUS || isDigit(byte)) {
      const start = at;
      let hasExponent = false;
      for (let next = json[at + 1] ?? 0; isInNumber(next); next = json[++at + 1] ?? 0)
        hasExponent ||= isExponent(next);
      if (!hasExponent && at - start + 1 < MIN_INEXACT_LENGTH) continue;
      const number = textOf(json, start, at + 1);
      // Such as 1e20, or a 1 with a million zeros behind the point.
      if (hasExponent || number.length > MAX_PLAIN_LENGTH) isConcise &&= String(Number(number)) === number;
      if (inexactNumber !== undefined || !isInexact(number)) continue;
      inexactNumber = number.length > SHOWN_LENGTH ? `${number.slice(0, SHOWN_LENGTH)}…` : number;
      inexactMember = textOf(json, outermost.start, outermost.end);
    }
  }
  if (!isConcise) ends.length = 0;
  const list = { member: listMember, start: listStart, ends };
  return { members, depth, inexactNumber, inexactMember, list };
}

/** Returns where a string ends. Not by a regular expression: a long string exhausts its stack. */
function endOfString(json: Uint8Array, start: number): number {
  const { length } = json;
  let at = start + 1;
  for (let byte = json[at]; byte !== QUOTE && at < length; byte = json[at]) {
    if (byte === BACKSLASH) at++;
    at++;
  }
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isExponent(byte: number): boolean {
  return byte === 0x65 || byte === 0x45;
}

function isInNumber(byte: number): boolean {
  return isDigit(byte) || byte === POINT || isExponent(byte) || byte === MINUS || byte === PLUS;
}

function textOf(json: Uint8Array, start: number, end: number): string {
  return Buffer.from(json.buffer, json.byteOffset + start, end - start).toString('latin1');
}

/**
 * Reports whether a number becomes another one when it is parsed and formatted.
 *
 * An integer must be formatted exactly as it was sent: 2^60 is a double, but becomes 1152921504606847000. A fraction
 * may be rounded to the nearest double if that is still the same number at the precision that it was sent with.
 */
export function isInexact(number: string): boolean {
  const parsed = Number(number);
  // Infinity is no JSON: validation of the value refuses it.
  if (!Number.isFinite(parsed)) return false;
  const sent = decimalOf(number);
  if (parsed === 0 || sent.digits.length >= MAX_PRECISION) return sent.digits !== '';
  if (/^-?\d+(\.0+)?$/.test(number)) return !isSame(decimalOf(String(parsed)), sent);
  const { length } = sent.digits;
  const halfMore = { digits: `${sent.digits}5`, exponent: sent.exponent - 1 };
  return (
    !isSame(decimalOf(parsed.toPrecision(length)), sent) &&
    // A tie: JavaScript rounds it up, C to the even digit.
    !isSame(decimalOf(parsed.toPrecision(length + 1)), halfMore)
  );
}

type Decimal = { digits: string; exponent: number };

function isSame(left: Decimal, right: Decimal): boolean {
  return left.digits === right.digits && left.exponent === right.exponent;
}

/** The significant digits of a number, and the power of ten of the last one. Zero has no digits. */
function decimalOf(number: string): Decimal {
  const [, whole = '', fraction = '', power = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$/i.exec(number) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  let length = all.length;
  while (all[length - 1] === '0') length--;
  return { digits: all.slice(0, length), exponent: Number(power) - fraction.length + all.length - length };
}
