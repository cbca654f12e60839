import { BadRequestError, HttpError } from '@gridclock/service-kit';
import { WIRE_HEADER } from '../replication/headers.ts';
import { FIRST_WIRE_FORMATS, formatVersions, isRead, type WireFormats } from '../replication/wire-formats.ts';

/**
 * Returns the version of a message.
 *
 * @param header the version that the sender states
 * @throws HttpError 415 if this node does not read it
 */
export function checkWire(header: string | undefined, own: WireFormats): number {
  if (header !== undefined && !/^[1-9]\d{0,3}$/.test(header))
    throw new BadRequestError(WIRE_HEADER, 'must be a version, such as 1');
  const version = header === undefined ? FIRST_WIRE_FORMATS.writes : Number(header);
  if (isRead(own, version)) return version;
  const older = version < own.reads[0] ? 'the sender' : 'this node';
  throw new HttpError(
    415,
    `The message has version ${version} of the messages between nodes; this node reads ${formatVersions(own)}. Update ${older}`,
    { code: 'wire_version' },
  );
}
