// Taking back: a link to the wrong resident, and the desk of somebody who leaves; each page looked at.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, PHONE } from './town.mjs';
import { staff } from './staff.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 40 }); });
after(async () => { await closeBrowser(); await town?.close(); });

const wide = (name) => ({ name: `staff-leaving-${name}`, alsoAt: [['phone', PHONE]] });

test('a link to the wrong resident is taken back for a reason', { timeout: 120_000 }, async () => {
  const clerk = await staff(town, 'ishii', wide('link'));
  await clerk.go('/desk/residents');
  await clerk.page.fill('[name="sought"]', 'さとうはなこ');
  await clerk.press('探す');
  await Promise.all([clerk.page.waitForEvent('load'), clerk.page.locator('table a').first().click()]);
  await clerk.follow('利用者登録と結び付ける');
  await clerk.page.getByText('この方に結び付いている利用者登録').waitFor();
  await clerk.look('linked');
  await clerk.page.getByLabel('別の人に結び付けた').check();
  await clerk.press('結び付けをやめる');
  await clerk.said('結び付けをやめました');
  assert.equal(await clerk.page.getByText('この方に結び付いている利用者登録').count(), 0);
  await clerk.look('unlinked');
  clerk.calm();
  await clerk.leave();
});

test('who leaves is signed out at once', { timeout: 120_000 }, async () => {
  const leaver = await staff(town, 'ono', wide('leaver'));
  const keeper = await staff(town, 'admin', wide('keeper'));
  await keeper.go('/desk/staff');
  await keeper.follow('小野 直子');
  await keeper.look('one');
  await keeper.page.getByLabel('退職・異動などで離れる').check();
  await keeper.press('離職・停止にする');
  await keeper.page.getByText('退職・離任').first().waitFor();
  await keeper.look('left');
  await leaver.page.goto('/desk/cases');
  assert.match(leaver.page.url(), /\/desk\/sign-in/);
  keeper.calm();
  await keeper.leave();
  await leaver.leave();
});
