// 文書の取消しと再発行: a letter with a mistake is declared void by who may, stays with its number, and is issued again.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff, fileDisclosure } from './staff.mjs';
import { signIn, staff as behind } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 20 }); });
after(async () => { await closeBrowser(); await town?.close(); });

/** Reloads a page until it says something; what follows a press behind the pages takes a moment. */
async function until(one, path, says) {
  for (let tries = 0; tries < 100; tries += 1) {
    await one.go(path);
    if (says.test(await one.page.locator('main').innerText())) return;
    await new Promise((next) => setTimeout(next, 150));
  }
  assert.fail(`${path} never said ${says}`);
}

test('a letter is voided for a reason and issued again to the right address, and the person is told', { timeout: 120_000 }, async () => {
  const hana = await person(town, { viewport: PHONE, name: 'staff-letters-resident' });
  await hana.go('/sign-in?then=/my');
  await signIn(hana, town, 'ichika@example.jp');
  const filed = await fileDisclosure(hana, { name: '鈴木 一花', kana: 'スズキ イチカ', 'address.text': '見本県見本市中央1-2-3' });
  const clerk = await behind(town, 'ono');
  await clerk.press(filed.plain, 'do/claim');
  await clerk.press(filed.plain, 'do/advance');
  await clerk.press(filed.plain, 'propose', { outcome: 'full', 'full.documents': '契約書', 'full.method': '閲覧' });
  const kudo = await staff(town, 'kudo', { name: 'staff-letters' });
  await kudo.open(filed.number);
  await kudo.press('承認する');
  const at = `/desk/cases/${filed.plain}`;
  await until(kudo, at, /発行済み/);
  const number = (await kudo.page.locator('section[aria-labelledby=letters] li').first().innerText()).match(/\S*第\d+号/)[0];
  await kudo.look('issued');

  // The clerk reads the letter and finds no way to void it.
  const way = await kudo.page.locator('a', { hasText: '取り消す・出し直す' }).getAttribute('href');
  assert.equal((await clerk.context.request.get(town.url + way.replace('/void', ''))).status(), 200);
  assert.equal((await clerk.context.request.get(town.url + way)).status(), 404);
  assert.doesNotMatch(await (await clerk.context.request.get(town.url + at)).text(), /取り消す・出し直す/);

  await kudo.follow('取り消す・出し直す');
  await kudo.look('void');
  await kudo.press('この文書を取り消す');
  await kudo.page.getByText('足りないところがあります').waitFor();
  await kudo.page.check('input[name=mistake][value=wrong-addressee]');
  await kudo.press('この文書を取り消す');
  await kudo.page.getByText('理由を書いてください').waitFor();
  assert.ok(await kudo.page.isChecked('input[name=mistake][value=wrong-addressee]'), 'what was chosen stays');
  await kudo.page.fill('[name=reason]', '宛先の番地が違っていました。');
  assert.equal(await kudo.page.inputValue('[name="to-address"]'), '見本県見本市中央1-2-3');
  await kudo.page.fill('[name="to-address"]', '見本県見本市中央1-2-33');
  await kudo.look('void-filled');
  await kudo.press('この文書を取り消す');
  await kudo.said('文書を取り消しました');
  await until(kudo, at, /発行済み/);
  const letters = await kudo.page.locator('section[aria-labelledby=letters] li').allInnerTexts();
  assert.equal(letters.length, 2);
  assert.ok(letters[0].includes(number) && letters[0].includes('取消し'), letters[0]);
  assert.ok(letters[1].includes('発行済み') && !letters[1].includes(number), letters[1]);
  assert.match(await kudo.page.locator('section[aria-labelledby=history]').innerText(), /文書の取消し[^]*宛先の番地が違っていました/);
  await kudo.look('voided');
  assert.equal(await kudo.page.locator(`a[href="${way}"]`).count(), 0, 'once');
  await kudo.go(way);
  await kudo.page.getByText('すでに取り消されています').waitFor();

  // The void letter is kept and can still be read; the person is told and has both.
  assert.equal((await kudo.context.request.get(town.url + way.replace('/void', ''))).status(), 200);
  await until(hana, `/status/${filed.plain}`, /取り消しました/);
  assert.match(await hana.page.locator('main').innerText(), /宛先の番地が違っていました/);
  // Among her letters the void one says so, the new one does not.
  const hers = (language) => hana.page.locator('section[aria-labelledby=decision] li').filter({ hasText: language });
  await until(hana, `/status/${filed.plain}`, /取り消されました。この通知書は使えません/);
  assert.equal(await hers('この通知書は使えません').count(), 1);
  assert.ok((await hers('この通知書は使えません').innerText()).includes(number));
  await hana.look('told');
  await hana.go('/my');
  assert.match(await hana.page.locator('main').innerText(), /取り消された通知書があります/);
  await hana.look('my-void');
  for (const [language, letter, my] of [['en', 'no longer valid', /A letter was cancelled/], ['easy', '使えません', /取り消した/]]) {
    await hana.go(`/status/${filed.plain}?lang=${language}`);
    await hana.page.evaluate(() => document.querySelectorAll('rt, rp').forEach((reading) => reading.remove()));
    assert.equal(await hers(letter).count(), 1, language);
    await hana.go('/my');
    await hana.page.evaluate(() => document.querySelectorAll('rt, rp').forEach((reading) => reading.remove()));
    assert.match(await hana.page.locator('main').innerText(), my);
  }
  for (const one of [kudo, hana, clerk]) { one.calm(409, 422); await one.leave(); }
});
