import { TransportError } from './transport.ts';

/** Reads a body as text. @throws TransportError if it is larger than `maxBytes` */
export async function readText(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new TransportError(`the response is larger than ${maxBytes} bytes`, 'ambiguous');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
