// 放課後児童会の入会 in やさしい日本語: sign in first, a group that repeats, wishes in order, photographs.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person } from './town.mjs';
import { begin, BOTH, fill, receipt, signIn } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 300, cases: 40 }); });
after(async () => { await closeBrowser(); await town.close(); });

/** Two small photographs, drawn by the browser itself. */
async function photos(someone) {
  const drawn = await someone.page.evaluate(() => Promise.all(['#885522', '#226688'].map(async (colour) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [600, 800];
    const pen = canvas.getContext('2d');
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 600, 800);
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg'));
    return [...new Uint8Array(await blob.arrayBuffer())];
  })));
  return drawn.map((bytes, at) => ({ name: `shomeisho-${at + 1}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) }));
}

const startDay = () => {
  const day = new Date(Date.now() + 40 * 86400000);
  return { 'start.year': String(day.getFullYear()), 'start.month': String(day.getMonth() + 1), 'start.day': String(day.getDate()) };
};

async function answerChild(someone) {
  const names = await someone.page.locator('main form [name]').evaluateAll((inputs) => [...new Set(inputs.map((input) => input.name))]);
  const values = { 'child.name': '佐藤 蓮', 'child.born.year': '2018', 'child.born.month': '5', 'child.born.day': '3', ...startDay() };
  await fill(someone, Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name))));
}

test('a mother applies for after-school care in easy Japanese, signed in before the first page', async () => {
  const linh = await person(town, { name: 'children-easy', alsoAt: BOTH });
  await linh.go('/procedures/afterschool_join?lang=easy');
  await linh.look('guide');
  await linh.page.getByRole('link', { name: /ログイン.*して.*すすむ|ログインして 進/ }).click();
  assert.match(linh.page.url(), /\/sign-in\?then=/);
  await linh.look('sign-in');
  await signIn(linh, town, 'linh@example.jp', { send: /送.*る/, enter: 'ログインする' });
  assert.match(linh.page.url(), /\/procedures\/afterschool_join$/);
  await linh.page.locator('form[action$="/begin"] button').click();
  await linh.page.waitForURL(/\/drafts\//);
  await linh.look('child');
  await answerChild(linh);
  const next = linh.page.locator('main form button.btn:not(.small):not(.quiet)[type=submit]').first();
  const on = async () => { await next.click(); await linh.page.waitForLoadState('load'); };
  await on();
  await linh.page.waitForURL(/\/who/);
  await linh.look('who');
  await fill(linh, { 'name.family': 'グエン', 'name.given': 'リン', 'address.postal': '100-0001', 'address.text': '見本県見本市中央1-2-3', phone: '090-0000-0001' });
  await on();
  await linh.page.waitForURL(/\/guardians/);
  await fill(linh, { 'guardians.0.guardian.family': 'グエン', 'guardians.0.guardian.given': 'リン', 'guardians.0.reason': 'work' });
  await linh.page.locator('button[name="add.guardians"]').click();
  await linh.page.waitForSelector('[name="guardians.1.guardian.family"]');
  assert.equal(await linh.page.inputValue('[name="guardians.0.guardian.family"]'), 'グエン', 'what was typed is still there');
  await linh.look('guardians-two');

  // The certificate is asked for now that she works: two photographs, of which she takes one back.
  const [one, two] = await photos(linh);
  const certificate = linh.page.locator('input[type=file][name="guardians.0.work_certificate"]');
  const kept = linh.page.locator('#f-guardians-0-work_certificate [data-kept] li');
  await certificate.setInputFiles([one, two]);
  await kept.nth(1).waitFor();
  await linh.look('photos');
  await kept.nth(0).getByRole('button').click();
  await linh.page.waitForFunction(() => document.querySelectorAll('#f-guardians-0-work_certificate [data-kept] li').length === 1);
  assert.match(await kept.first().innerText(), /shomeisho-2/);

  await fill(linh, { 'guardians.1.guardian.family': '佐藤', 'guardians.1.guardian.given': '健', 'guardians.1.reason': 'other' });
  await on();
  await linh.page.waitForSelector('[name="guardians.1.other_reason"]');
  assert.deepEqual(await linh.page.locator('#errors li').allTextContents(), [], 'a question that nobody saw yet is no mistake');
  await fill(linh, { 'guardians.1.other_reason': '外国で 働いています' });
  await on();
  await linh.page.waitForURL(/\/place/);
  await linh.look('place');
  const wishes = linh.page.locator('select[name=school]');
  await wishes.nth(0).selectOption('kita');
  await wishes.nth(1).selectOption('chuo');
  // The second wish moves up.
  await linh.page.locator('[data-rank] li').nth(1).getByRole('button').first().click();
  assert.deepEqual(await wishes.evaluateAll((all) => all.map((wish) => wish.value)), ['chuo', 'kita', '']);
  await fill(linh, { days: ['mon', 'wed'] });
  await linh.look('place-ranked');
  await on();
  await linh.page.waitForURL(/\/health/);
  await fill(linh, { allergy: 'no', agree: true });
  await linh.look('health');
  await on();
  await linh.page.waitForURL(/\/check/);
  await linh.look('check');
  const answers = await linh.page.locator('main').innerText();
  assert.ok(answers.indexOf('中央児童会') < answers.indexOf('北児童会'), 'wishes stand in their order');
  await linh.page.locator('form[action$="/file"] button').click();
  await linh.page.waitForURL(/\/filed/);
  await linh.look('filed');
  await receipt(linh);
  await linh.go('/my');
  await linh.look('my');
  linh.calm();
  await linh.leave();
});

test('without scripts the photographs go with the form, in a group too', async () => {
  const artist = await person(town, { name: 'painter' });
  const [one, two] = await photos(artist);
  await artist.leave();
  const ken = await person(town, { name: 'children-plain', scripts: false });
  await ken.go('/sign-in?then=/procedures/afterschool_join');
  await signIn(ken, town, 'ken@example.jp');
  await begin(ken, 'afterschool_join');
  const draft = ken.page.url().match(/\/drafts\/[^/]+/)[0];
  await ken.go(`${draft}/guardians`);
  await fill(ken, { 'guardians.0.guardian.family': '佐藤', 'guardians.0.guardian.given': '健', 'guardians.0.reason': 'work' });
  await ken.submit('次へ進む');
  await ken.go(`${draft}/guardians`);
  await ken.page.setInputFiles('[name="guardians.0.work_certificate"]', [one, two]);
  await ken.submit('次へ進む');
  await ken.go(`${draft}/guardians`);
  const kept = ken.page.locator('#f-guardians-0-work_certificate [data-kept] li');
  assert.equal(await kept.count(), 2);
  await kept.nth(1).getByRole('button').click();
  await ken.page.waitForLoadState('load');
  assert.deepEqual(await kept.locator('.grow').allTextContents(), ['shomeisho-1.jpg']);
  ken.calm();
  await ken.leave();
});
