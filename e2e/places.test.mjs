// 場所: a hole in the road is pointed at on the town's map, by finger or keys; words alone do as well, and the crew sees it on the same map.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openTown, closeBrowser, person } from './town.mjs';
import { begin, fill, receipt } from './resident.mjs';
import { staff } from './staff.mjs';
import { openTiles, shownBy } from './tiles.mjs';

let town, tiles, work;
before(async () => {
  tiles = await openTiles();
  work = mkdtempSync(join(tmpdir(), 'yakuba-places-'));
  for (const folder of ['base', 'mihon_ken', 'mihon']) cpSync(resolve(import.meta.dirname, '..', 'towns', folder), join(work, folder), { recursive: true });
  shownBy(tiles, join(work, 'mihon', 'town.yaml'));
  town = await openTown({ residents: 50, cases: 0, args: ['--town', join(work, 'mihon')] });
});
after(async () => {
  await closeBrowser();
  await town?.close();
  await tiles?.close();
  rmSync(work, { recursive: true, force: true });
});

const WHAT = { sort: 'hole', danger: 'soon', story: '車道に直径50センチの穴がある' };
const today = () => {
  const on = new Date(Date.now() + 9 * 3600_000);
  return { 'found_on.year': String(on.getUTCFullYear()), 'found_on.month': String(on.getUTCMonth() + 1), 'found_on.day': String(on.getUTCDate()) };
};

async function toThePlace(someone) {
  await begin(someone, 'road_damage');
  await fill(someone, WHAT);
  await someone.submit('次へ進む');
}

test('a place is pointed at on the map by finger and by keys, and the crew sees it on the same map', { timeout: 180_000 }, async () => {
  const hanako = await person(town, { name: 'places-phone' });
  await hanako.context.grantPermissions(['geolocation'], { origin: town.url });
  await hanako.context.setGeolocation({ latitude: 35.69, longitude: 139.7 });
  await toThePlace(hanako);
  const { page } = hanako;
  const ground = page.locator('.map .ground');
  const input = page.locator('[name="place.position"]');
  await ground.waitFor();
  assert.equal(await input.inputValue(), '', 'nothing is said before anybody pointed');
  await page.waitForFunction(() => [...document.querySelectorAll('.map img')].length >= 4 && [...document.querySelectorAll('.map img')].every((one) => one.complete && one.naturalWidth === 256));
  // By finger: dragging the map to the left goes east.
  const box = await ground.boundingBox();
  await page.mouse.move(box.x + 200, box.y + 150);
  await page.mouse.down();
  await page.mouse.move(box.x + 100, box.y + 150, { steps: 4 });
  await page.mouse.up();
  const [north, east] = (await input.inputValue()).split(',').map(Number);
  // 100 points at zoom 15 are 100 / (256 × 2^15) of the way around the world.
  assert.ok(Math.abs(east - (139.767125 + (100 / (256 * 2 ** 15)) * 360)) < 1e-4, `${east}`);
  assert.ok(Math.abs(north - 35.681236) < 1e-4, `${north}`);
  await hanako.look('pointed');
  // By keys: north is up.
  await ground.focus();
  await page.keyboard.press('ArrowUp');
  assert.ok(Number((await input.inputValue()).split(',')[0]) > north, 'up is north');
  await page.keyboard.press('+');
  // Taken back, and where one stands.
  await page.locator('.map [data-do=clear]').click();
  assert.equal(await input.inputValue(), '');
  await page.locator('.map [data-do=here]').click();
  await page.waitForFunction(() => document.querySelector('[name="place.position"]').value.startsWith('35.69'));
  await fill(hanako, { 'place.words': '中央1丁目の交差点', ...today() });
  await hanako.submit('次へ進む');
  await fill(hanako, { name: '通りがかりの者', answer: 'no' });
  await hanako.submit('次へ進む');
  await hanako.look('check');
  assert.match(await page.locator('main').innerText(), /中央1丁目の交差点（北緯35\.69 東経139\.7）/);
  await page.locator('form[action$="/file"] button').click();
  await page.waitForURL(/\/filed/);
  const { number } = await receipt(hanako);
  hanako.calm();

  const crew = await staff(town, 'ohno', { name: 'places-desk' });
  await crew.open(number);
  await crew.page.waitForFunction(() => [...document.querySelectorAll('.map img')].some((one) => one.complete && one.naturalWidth === 256));
  assert.match(await crew.page.locator('main').innerText(), /北緯35\.69 東経139\.7/);
  await crew.look('case');
  crew.calm();
  // No page asked another house: every picture came from the town hall, which named nobody to the house of the map.
  assert.ok(tiles.asked.length > 4);
  for (const { headers } of tiles.asked) assert.deepEqual(Object.keys(headers).sort(), ['host', 'user-agent']);
});

test('words alone do, without scripts; a position elsewhere is told and what was typed is kept', { timeout: 120_000 }, async () => {
  const taro = await person(town, { name: 'places-plain', scripts: false });
  await toThePlace(taro);
  assert.equal(await taro.page.locator('.map').isVisible(), false);
  await fill(taro, { 'place.words': '北町の橋', 'place.position': '51.5,-0.1', ...today() });
  await taro.submit('次へ進む');
  await taro.look('elsewhere');
  assert.match(await taro.page.locator('#errors').innerText(), /日本の中にありません/);
  assert.equal(await taro.page.locator('[name="place.words"]').inputValue(), '北町の橋');
  await fill(taro, { 'place.position': '' });
  await taro.submit('次へ進む');
  await fill(taro, { name: '通りがかりの者', answer: 'no' });
  await taro.submit('次へ進む');
  assert.match(await taro.page.locator('main').innerText(), /北町の橋/);
});

test('what is no picture of the map is not handed on', async () => {
  const status = async (path) => (await fetch(`${town.url}/map/${path}`)).status;
  const before = tiles.asked.length;
  assert.deepEqual([await status('4/1/1'), await status('19/1/1'), await status('9/512/1'), await status('12/1/1'), await status('x/1/1')], [404, 404, 404, 404, 400]);
  assert.equal(tiles.asked.length, before, 'nobody was asked for what no map has, or for another part of the world');
  assert.deepEqual([await status('6/56/25'), await status('7/113/50'), await status('8/227/100')], [404, 404, 502], 'a drawing with a script, a way elsewhere, too much');
  const [first, again] = [await fetch(`${town.url}/map/12/3638/1612`), await fetch(`${town.url}/map/12/3638/1612`)];
  assert.equal(first.headers.get('content-type'), 'image/png');
  assert.match(first.headers.get('cache-control'), /max-age/);
  assert.equal(again.status, 200);
  assert.equal(tiles.asked.filter(({ url }) => url === '/tiles/12/3638/1612.png').length, 1, 'what was fetched is kept');
});
