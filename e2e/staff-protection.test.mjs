// 支援措置: entered, extended and ended by those to whom it is granted; for everybody else the person is gone, the page too.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, PHONE } from './town.mjs';
import { staff } from './staff.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 20 }); });
after(async () => { await closeBrowser(); await town?.close(); });

/** Looks people up; gives the address of the first one found. */
async function find(one, words) {
  await one.go('/desk/residents');
  await one.page.fill('input[name=sought]', words);
  await Promise.all([one.page.waitForEvent('load'), one.page.locator('main form button').first().click()]);
  const found = one.page.locator('a[href^="/desk/residents/"]', { hasText: words.split(' ')[1] });
  return (await found.count()) ? found.first().getAttribute('href') : undefined;
}

test('a chief protects a household; clerks no longer find it, and the address is shown for a reason alone', { timeout: 90_000 }, async () => {
  const ishii = await staff(town, 'ishii', { name: 'staff-protection-clerk' });
  const at = await find(ishii, '佐藤 花子');
  assert.ok(at, 'the clerk finds her');
  await ishii.go(at);
  assert.match(await ishii.page.locator('main').innerText(), /見本県見本市中央1-2-3/);
  assert.equal(await ishii.page.locator(`a[href="${at}/protection"]`).count(), 0);
  assert.equal((await ishii.context.request.get(`${town.url}${at}/protection`)).status(), 404);

  const maeda = await staff(town, 'maeda', { name: 'staff-protection' });
  await maeda.go(at);
  await maeda.follow('支援措置を入力・変更する');
  await maeda.look('enter');
  await maeda.press('支援措置を始める');
  await maeda.page.getByText('事由を選んでください').waitFor();
  await maeda.page.check('input[name=ground][value=dv]');
  await maeda.press('支援措置を始める');
  await maeda.page.getByText('支援措置中です').waitFor();
  await maeda.look('entered');

  // She and her daughter are gone for the clerk: no page, no list, no difference to somebody who never was.
  assert.equal((await ishii.context.request.get(town.url + at)).status(), 404);
  assert.equal(await find(ishii, '佐藤 花子'), undefined);
  assert.equal(await find(ishii, '佐藤 さくら'), undefined);
  await ishii.look('not-found');
  const admin = await staff(town, 'admin', { name: 'staff-protection-admin' });
  await admin.go('/desk/paper');
  const { csrf } = await admin.held();
  const posted = await admin.context.request.post(`${town.url}${at}/protection`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: town.url },
    data: new URLSearchParams({ csrf, act: 'end', seen: '', ground: 'asked' }).toString(),
  });
  assert.equal(posted.status(), 404);

  await maeda.go(at);
  assert.doesNotMatch(await maeda.page.locator('main').innerText(), /中央1-2-3/, 'masked for who may see her, too');
  await maeda.page.check('input[name=reason][value=post]');
  await maeda.press('住所を表示する');
  assert.match(await maeda.page.locator('main').innerText(), /中央1-2-3/);
  await admin.go('/desk/access-log');
  assert.match(await admin.page.locator('main').innerText(), /前田 博[^]*address:post/);

  await maeda.go(`${at}/protection`);
  const extend = maeda.page.locator('section[aria-labelledby=extend]');
  await extend.locator('input[name=ground][value=dv]').check();
  await Promise.all([maeda.page.waitForEvent('load'), extend.getByRole('button').click()]);
  const end = maeda.page.locator('section[aria-labelledby=end]');
  await end.locator('input[name=ground][value=asked]').check();
  await Promise.all([maeda.page.waitForEvent('load'), end.getByRole('button').click()]);
  await maeda.page.getByText('いま支援措置はありません').waitFor();
  const history = await maeda.page.locator('table').innerText();
  for (const step of ['開始', '延長', '終了']) assert.ok(history.includes(step), step);
  await maeda.page.setViewportSize(PHONE);
  await maeda.look('ended-phone');
  assert.ok(await find(ishii, '佐藤 花子'), 'she is found again');
  for (const one of [ishii, maeda, admin]) { one.calm(); await one.leave(); }
});
