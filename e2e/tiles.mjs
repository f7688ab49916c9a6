// A house that gives maps away: pictures of 256 × 256 points with streets on them, and some that a town hall must not hand on.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync, crc32 } from 'node:zlib';

function street(shift) {
  const rows = Buffer.alloc(256 * 257);
  for (let y = 0; y < 256; y += 1) {
    for (let x = 0; x < 256; x += 1) rows[y * 257 + 1 + x] = x % 64 < 6 || (y + shift) % 80 < 6 ? 255 : 226 - ((x >> 6) + (y >> 6)) * 3;
  }
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.from([0, 0, 1, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** Opens the house. What was asked of it stands in `asked`. Zooms 6, 7 and 8 hold a drawing with a script, a way elsewhere, and too much. */
export async function openTiles() {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const [, zoom, x, y] = request.url.match(/^\/tiles\/(\d+)\/(\d+)\/(\d+)\.png$/) ?? [];
    const png = { 'content-type': 'image/png' };
    if (!zoom) response.writeHead(404).end();
    else if (zoom === '6') response.writeHead(200, png).end('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    else if (zoom === '7') response.writeHead(302, { location: '/elsewhere' }).end();
    else if (zoom === '8') response.writeHead(200, png).end(Buffer.concat([street(0), Buffer.alloc(600_000)]));
    else response.writeHead(200, png).end(street(Number(x) + Number(y)));
  });
  await new Promise((open) => server.listen(0, '127.0.0.1', open));
  return {
    asked,
    url: `http://127.0.0.1:${server.address().port}/tiles/{z}/{x}/{y}.png`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Has a town's map come from here. */
export function shownBy(tiles, file) {
  const text = readFileSync(file, 'utf8').replace(/tiles: "[^"]*"/, `tiles: "${tiles.url}"`);
  assert.ok(text.includes(tiles.url), 'the town has a map');
  writeFileSync(file, text);
}
