// A picture of a form has few colours: sixteen of them, half a byte each, make a PNG that a book of pictures can hold.
import { deflateSync, inflateSync, crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/** The picture in sixteen colours. It reads what a browser and pdftoppm write: eight bits, RGB with or without alpha, not interlaced. */
export function small(png) {
  const { width, height, at } = pixels(png);
  const count = new Map();
  const colours = new Uint32Array(width * height);
  for (let i = 0; i < colours.length; i += 1) {
    colours[i] = at(i);
    count.set(colours[i], (count.get(colours[i]) ?? 0) + 1);
  }
  const palette = chosen(count);
  const nearest = new Map();
  const index = (colour) => {
    if (!nearest.has(colour)) nearest.set(colour, palette.reduce((best, one, i) => (distance(one, colour) < distance(palette[best], colour) ? i : best), 0));
    return nearest.get(colour);
  };
  const line = 1 + Math.ceil(width / 2);
  const rows = Buffer.alloc(line * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows[y * line + 1 + (x >> 1)] |= index(colours[y * width + x]) << (x % 2 ? 0 : 4);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([4, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]));
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('PLTE', table), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

/** The colour used most, then again and again what is used much and far from those taken. */
function chosen(count) {
  const all = [...count].sort(([, one], [, other]) => other - one).slice(0, 2_000);
  const palette = [all[0][0]];
  const far = all.map(([colour]) => distance(colour, palette[0]));
  while (palette.length < Math.min(16, all.length)) {
    const best = all.reduce((best, [, times], i) => (far[i] * Math.sqrt(times) > far[best] * Math.sqrt(all[best][1]) ? i : best), 0);
    if (far[best] === 0) break;
    palette.push(all[best][0]);
    all.forEach(([colour], i) => { far[i] = Math.min(far[i], distance(colour, all[best][0])); });
  }
  return palette;
}

function distance(one, other) {
  const part = (shift) => (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2;
  return part(16) + part(8) + part(0);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([length, body, sum]);
}

/** Its size, and the colour of each pixel as 0xRRGGBB. */
export function pixels(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('no PNG');
  let head;
  const data = [];
  for (let from = 8; from < png.length;) {
    const length = png.readUInt32BE(from);
    const [name, body] = [png.toString('latin1', from + 4, from + 8), png.subarray(from + 8, from + 8 + length)];
    if (name === 'IHDR') head = body;
    if (name === 'IDAT') data.push(body);
    from += length + 12;
  }
  const [width, height, depth, kind, , , interlaced] = [head.readUInt32BE(0), head.readUInt32BE(4), ...head.subarray(8)];
  const bytes = { 0: 1, 2: 3, 6: 4 }[kind];
  if (depth !== 8 || !bytes || interlaced) throw new Error(`a PNG of ${depth} bits, kind ${kind}`);
  const raw = inflateSync(Buffer.concat(data));
  const line = width * bytes;
  const out = Buffer.alloc(line * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x += 1) {
      const left = x >= bytes ? out[y * line + x - bytes] : 0;
      const above = y ? out[(y - 1) * line + x] : 0;
      const corner = y && x >= bytes ? out[(y - 1) * line + x - bytes] : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      out[y * line + x] = raw[y * (line + 1) + 1 + x] + guess;
    }
  }
  const at = (i) => (bytes === 1 ? out[i] * 0x010101 : (out[i * bytes] << 16) | (out[i * bytes + 1] << 8) | out[i * bytes + 2]);
  return { width, height, at };
}

function paeth(left, above, corner) {
  const guess = left + above - corner;
  const [a, b, c] = [left, above, corner].map((one) => Math.abs(guess - one));
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}
