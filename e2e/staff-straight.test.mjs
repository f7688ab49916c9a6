// 自動決定: a chief gives a standing approval with a reason; a filing that fits is decided without a person, and comes to the chief's 後閲.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person } from './town.mjs';
import { staff } from './staff.mjs';
import { as, begin, fill, receipt, BOTH, PHONE } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 0 }); });
after(async () => { await closeBrowser(); await town?.close(); });

const PAGE = '/desk/straight-through';

/** Files that a child leaves the club, as its father who is linked to the registry. */
async function leaves(name) {
  const kenji = await person(town, { viewport: PHONE, name });
  await as(kenji, 'kenji');
  await begin(kenji, 'afterschool_leave');
  await kenji.page.locator('input[name=child][type=radio]').first().check();
  const later = new Date(Date.now() + 40 * 86_400_000);
  await fill(kenji, { 'leave_on.year': String(later.getUTCFullYear()), 'leave_on.month': String(later.getUTCMonth() + 1), 'leave_on.day': String(later.getUTCDate()) });
  await kenji.submit('次へ進む');
  await kenji.submit('次へ進む');
  await kenji.submit('申請する');
  return { kenji, number: (await receipt(kenji)).number };
}

test('a chief starts it with a reason, what fits is decided by itself and looked at afterwards', { timeout: 300_000 }, async () => {
  const clerk = await staff(town, 'mori', { name: 'straight-clerk' });
  await clerk.go('/desk');
  assert.equal(await clerk.page.getByRole('link', { name: '自動決定' }).count(), 0, 'who does not decide in the end has no door');
  assert.equal((await clerk.context.request.get(`${town.url}${PAGE}`)).status(), 404, 'and no page');

  const chief = await staff(town, 'hayashi', { name: 'straight-chief', alsoAt: BOTH });
  await chief.follow('自動決定');
  assert.match(await chief.page.locator('main').innerText(), /止まっています。すべて職員が見ます/);
  await chief.look('off');
  await chief.press('自動決定を始める');
  await chief.page.getByRole('alert').getByText('理由を書いてください').waitFor();
  await chief.look('reason-due');
  await chief.page.locator('textarea').first().fill('退会の届け出は 台帳で確かめられ、件数がふえたため');
  await chief.press('自動決定を始める');
  await chief.said('自動決定の設定を変えました');
  assert.match(await chief.page.locator('main').innerText(), /林 誠 さんの承認で動いています/);

  const { kenji, number } = await leaves('straight-resident');
  await chief.open(number);
  for (let tries = 0; tries < 200 && !/自動決定/.test(await chief.page.locator('main').innerText()); tries += 1) {
    await new Promise((next) => setTimeout(next, 100));
    await chief.page.reload();
  }
  const story = await chief.page.locator('main').innerText();
  assert.match(story, /自動決定[\s\S]*在籍の記録と合い、さかのぼらない・氏名・住所・お子さんが台帳と違わない/);
  assert.match(story, /抜取り/, 'the first of the day is looked at');
  await chief.look('decided');
  await chief.press('後閲した');
  await chief.go(PAGE);
  assert.match(await chief.page.locator('main').innerText(), /自動で決めたもの 1 件、うち抜取り 1 件/);
  await chief.look('on');
  chief.calm();

  await kenji.go('/my');
  assert.match(await kenji.page.locator('main').innerText(), /放課後児童会の退会\s+決まりました/);
  kenji.calm();
});
