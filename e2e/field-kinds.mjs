// The pictures of docs/authors/kinds: each kind of question on a telephone, at the counter and on the printed form, from the small town in
// field-kinds/. `npm run kinds` takes them all anew; it wants pdftoppm (poppler) beside the browser.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openTown, closeBrowser, PHONE } from './town.mjs';
import { pixels, small } from './small-png.mjs';
import { staff } from './staff.mjs';
import { openTiles, shownBy } from './tiles.mjs';

const root = resolve(import.meta.dirname, '..');
const to = join(root, 'docs', 'authors', 'kinds');
const work = mkdtempSync(join(tmpdir(), 'yakuba-kinds-'));
const folder = join(work, 'kinds');
cpSync(join(import.meta.dirname, 'field-kinds', 'kinds'), folder, { recursive: true });
const binary = process.env.YAKUBA ?? resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug', 'yakuba');
const PROCEDURE = 'every_kind';
const KINDS = [...readFileSync(join(folder, 'procedures', `${PROCEDURE}.yaml`), 'utf8').matchAll(/^ {2}p_(\w+):$/gm)].map(([, kind]) => kind);

const keep = (png, name) => writeFileSync(join(to, name), small(png));

mkdirSync(to, { recursive: true });
const tiles = await openTiles();
shownBy(tiles, join(folder, 'town.yaml'));
const town = await openTown({ residents: 20, cases: 0, args: ['--town', folder] });
try {
  // The preview at the desk shows every page of the portal without asking for the pages before.
  const clerk = await staff(town, 'ueda', { name: 'field-kinds' });
  await clerk.go(`/desk/revisions/of/${PROCEDURE}`);
  await clerk.press('改訂を書きはじめる');
  const here = new URL(clerk.page.url()).pathname;
  await clerk.page.setViewportSize(PHONE);
  for (const kind of KINDS) {
    await clerk.go(`${here}/preview/pages/p_${kind}`);
    // The question without the page around it.
    const box = await clerk.page.locator('main form').first().evaluate((form) => {
      const own = [...form.children].filter((one) => one.offsetHeight > 1 && !one.matches('.actions, .sr') && !one.querySelector(':scope > button.btn:only-child'));
      const [first, last] = [own[0], own.findLast((one) => !one.querySelector('button[type=submit].btn:not([name^="add"])')) ?? own.at(-1)];
      const [top, bottom] = [first.getBoundingClientRect().top, last.getBoundingClientRect().bottom];
      return { y: top + scrollY, height: bottom - top };
    });
    await clerk.page.waitForFunction(() => [...document.querySelectorAll('.map img')].every((one) => one.complete));
    const shot = await clerk.page.screenshot({ fullPage: true, clip: { x: 0, y: Math.max(0, box.y - 8), width: PHONE.width, height: box.height + 16 } });
    keep(shot, `${kind}-phone.png`);
  }
  await clerk.page.setViewportSize({ width: 900, height: 900 });
  await clerk.go(`/desk/paper/${PROCEDURE}`);
  for (const kind of KINDS) {
    const panel = clerk.page.locator('section.panel', { has: clerk.page.getByRole('heading', { name: kind, exact: true }) });
    keep(await panel.screenshot(), `${kind}-counter.png`);
  }
  await clerk.leave();

  // The map of the form says where each question stands on it.
  execFileSync(binary, ['paper', PROCEDURE, '--town', folder, '-o', join(work, 'form.pdf'), '--map', join(work, 'form.json')]);
  const { boxes } = JSON.parse(readFileSync(join(work, 'form.json'), 'utf8'));
  const scale = 100 / 25.4;
  const drawn = new Map();
  const sheet = (page) => {
    if (!drawn.has(page)) {
      execFileSync('pdftoppm', ['-r', '100', '-f', page, '-l', page, '-singlefile', '-png', join(work, 'form.pdf'), join(work, 'page')].map(String));
      drawn.set(page, pixels(readFileSync(join(work, 'page.png'))));
    }
    return drawn.get(page);
  };
  /** The table that a question stands in, by its left border: each kind has a page of its own, and so a table. */
  const table = (kind) => {
    const own = boxes.find(({ field }) => field === `q_${kind}` || field.startsWith(`q_${kind}.`));
    if (!own) return undefined;
    const { width, height, at } = sheet(own.page);
    const isInk = (x, y) => y >= 0 && y < height && (at(y * width + x) & 255) < 200;
    const middle = Math.round((own.y + own.height / 2) * scale);
    let left = Math.round(10 * scale);
    while (!isInk(left, middle)) left += 1;
    const run = (from) => {
      let [top, bottom] = [from, from];
      while (isInk(left, top - 1)) top -= 1;
      while (isInk(left, bottom + 1)) bottom += 1;
      return { page: own.page, top, bottom, run, next: (y) => { let to = y + 1; while (!isInk(left, to)) to += 1; return to; } };
    };
    return run(middle);
  };
  KINDS.forEach((kind, place) => {
    let own = table(kind);
    if (!own) {
      // What has no box comes below its neighbour, behind the bar of its heading.
      const before = table(KINDS[place - 1]);
      const heading = before.run(before.next(before.bottom));
      own = heading.run(heading.next(heading.bottom));
    }
    execFileSync('pdftoppm', ['-r', '100', '-f', own.page, '-l', own.page, '-x', 59, '-y', own.top - 4, '-W', 709, '-H', own.bottom - own.top + 9, '-singlefile', '-png', join(work, 'form.pdf'), join(work, 'cut')].map(String));
    keep(readFileSync(join(work, 'cut.png')), `${kind}-paper.png`);
  });
} finally {
  await closeBrowser();
  await town.close();
  await tiles.close();
  rmSync(work, { recursive: true, force: true });
}
