// 郵便番号から住所を入れる: with scripts and without, nothing typed is lost, and what was written is never overwritten.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person } from './town.mjs';
import { begin, BOTH, fill } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 10 }); });
after(async () => { await closeBrowser(); await town.close(); });

for (const scripts of [true, false]) {
  test(`a postal code completes the address ${scripts ? 'with scripts' : 'without scripts'}`, async () => {
    const hanako = await person(town, { name: `address-${scripts ? 'scripts' : 'plain'}`, scripts, alsoAt: scripts ? BOTH : [] });
    await begin(hanako, 'disclosure_request');
    const { page } = hanako;
    const said = page.locator('[data-postal] [role=status]');
    const written = () => page.inputValue('[name="address.text"]');
    const press = async (says) => {
      await page.getByRole('button', { name: '郵便番号から住所を入れる' }).click();
      await page.waitForLoadState('load');
      await page.waitForFunction((wanted) => document.querySelector('[data-postal] [role=status]')?.textContent.includes(wanted), says);
    };
    await fill(hanako, { requester: 'person', name: '佐藤 花子', 'address.building': '見本荘201' });
    // Too few digits.
    await fill(hanako, { 'address.postal': '100' });
    await press('7桁の数字');
    assert.equal(await written(), '');
    // As people type it.
    await fill(hanako, { 'address.postal': '〒１００ー０００１' });
    await press('番地を続けて');
    assert.equal(await written(), '見本県見本市中央');
    assert.deepEqual([await page.inputValue('[name=name]'), await page.inputValue('[name="address.building"]')], ['佐藤 花子', '見本荘201'], 'nothing typed is lost');
    assert.ok(await page.locator('[name=requester][value=person]').isChecked());
    assert.equal(await page.locator('#errors').count(), 0, 'what is not answered yet is no mistake yet');
    assert.ok(!/100.?0001/.test(page.url()), 'the code stands in no address');
    await hanako.look('completed');
    // What she wrote is hers: another code does not overwrite it.
    await fill(hanako, { 'address.text': '見本県見本市中央1-2-3' });
    await fill(hanako, { 'address.postal': '100-0002' });
    await press('そのままにしました');
    assert.equal(await written(), '見本県見本市中央1-2-3');
    assert.match(await said.innerText(), /見本県見本市北町/);
    await hanako.look('kept');
    // Several towns: what they have in common, and their names.
    await fill(hanako, { 'address.text': '' });
    await fill(hanako, { 'address.postal': '1000010' });
    await press('緑町、若葉町、青葉');
    assert.equal(await written(), '見本県見本市');
    await hanako.look('several');
    // A code that nobody knows.
    await fill(hanako, { 'address.text': '' });
    await fill(hanako, { 'address.postal': '999-9999' });
    await press('見つかりません');
    assert.equal(await written(), '');
    hanako.calm();
    await hanako.leave();
  });
}

test('asking for a code needs the form it stands on', async () => {
  const ken = await person(town, { name: 'address-forged' });
  await begin(ken, 'disclosure_request');
  const csrf = await ken.page.locator('[name=csrf]').first().inputValue();
  const ask = async (form) => ken.context.request.post('/postal', { form });
  assert.deepEqual(await (await ask({ csrf, code: '100-0001' })).json(), { address: '見本県見本市中央', towns: ['中央'] });
  assert.deepEqual(await (await ask({ csrf, code: '9999999' })).json(), {});
  assert.deepEqual(await (await ask({ csrf, code: '<script>' })).json(), {});
  assert.ok((await ask({ code: '100-0001' })).status() >= 400, 'a form without our token is refused');
  assert.equal((await ken.context.request.get('/postal')).status(), 405);
  // A button for a question that is no address changes nothing.
  const draft = ken.page.url().match(/\/drafts\/[^/?]+/)[0];
  const forged = await ken.context.request.post(`${draft}/who`, { form: { csrf, name: '佐藤', 'name.postal': '1000001', 'postal.name': '1' } });
  assert.ok(forged.ok());
  await ken.go(`${draft}/who`);
  assert.equal(await ken.page.inputValue('[name=name]'), '佐藤');
  await ken.leave();
});
