/** Pictures made on the spot, good and bad. */
import { crc32, deflateSync } from 'node:zlib';

export type Upload = { name: string; mimeType: string; buffer: Buffer };

type Colour = [red: number, green: number, blue: number];

/** A PNG of one colour. */
export function png(name: string, colour: Colour = [91, 63, 224], width = 320, height = 240): Upload {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, Buffer.from(colour))]);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return { name, mimeType: 'image/png', buffer: Buffer.concat([signature, ...chunks]) };
}

/** A PNG that says in its first bytes that it is 20,000 pixels wide and high. */
export function hugePng(name: string): Upload {
  const { mimeType, buffer } = png(name);
  const header = Buffer.from(buffer.subarray(12, 29));
  header.writeUInt32BE(20_000, 4);
  header.writeUInt32BE(20_000, 8);
  const changed = Buffer.concat([buffer.subarray(0, 8), chunk('IHDR', header.subarray(4)), buffer.subarray(33)]);
  return { name, mimeType, buffer: changed };
}

/** The first half of a PNG. */
export function brokenPng(name: string): Upload {
  const { mimeType, buffer } = png(name);
  return { name, mimeType, buffer: buffer.subarray(0, buffer.length / 2) };
}

/** A drawing that could run scripts. */
export function svg(name: string): Upload {
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
  return { name, mimeType: 'image/svg+xml', buffer: Buffer.from(drawing) };
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
