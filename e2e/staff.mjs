// Staff and the residents before them, so that each journey reads like a day at the desk.
import assert from 'node:assert/strict';
import { person, WIDE, PHONE } from './town.mjs';

export { WIDE, PHONE };

/** Somebody of the staff, signed in by the demo's own door. */
export async function staff(town, cast, options = {}) {
  const one = await person(town, { viewport: WIDE, name: `staff-${cast}`, ...options });
  await one.go('/desk/demo');
  await Promise.all([one.page.waitForURL(/\/desk\/cases/), one.page.locator(`form[action="/desk/demo/${cast}"] button`).click()]);
  return {
    ...one,
    /** Opens a case as soon as the hatch has brought it. */
    async open(number) {
      const plain = number.replaceAll('-', '');
      for (let tries = 0; tries < 200; tries += 1) {
        // Asked beside the page: what is on its way through the hatch is no error of a journey.
        if ((await one.context.request.get(`${town.url}/desk/cases/${plain}`)).ok()) {
          await one.page.goto(`/desk/cases/${plain}`);
          return;
        }
        await new Promise((next) => setTimeout(next, 50));
      }
      throw new Error(`the desk does not know ${number}`);
    },
    /** Presses a button that is there now and waits for the page that follows. */
    async press(label) {
      const button = one.page.getByRole('button', { name: label, exact: true }).first();
      await Promise.all([one.page.waitForEvent('load'), button.click()]);
    },
    async follow(label) {
      await Promise.all([one.page.waitForEvent('load'), one.page.getByRole('link', { name: label, exact: true }).first().click()]);
    },
    /** Posts a form as a page would, with what the given case's page holds. Answers the response. */
    async post(number, path, more = {}) {
      const plain = number.replaceAll('-', '');
      const body = new URLSearchParams(more);
      return one.context.request.post(`${town.url}/desk/cases/${plain}/${path}`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: town.url }, data: body.toString(), maxRedirects: 0,
      });
    },
    /** The token and the row that the page at hand carries. */
    async held() {
      const value = (name) => one.page.locator(`input[name="${name}"]`).first().getAttribute('value');
      return { csrf: await value('csrf'), row: (await one.page.locator('input[name="row"]').count()) ? await value('row') : undefined };
    },
    /** No console error but those of a refusal that the journey asked for: the browser reports every answer from 400 on. */
    calm() {
      try { one.calm(); } catch (found) {
        const others = (found.actual ?? []).filter((line) => !/status of (409|422)/.test(line));
        assert.deepEqual(others, [], 'console errors or failed requests');
      }
    },
    /** What the page says was done; it has the focus where there are scripts or not. */
    async said(text) {
      await one.page.locator('[role=status]', { hasText: text }).first().waitFor();
    },
  };
}

/** Files a disclosure request online, as somebody without an account. Gives the two numbers of the receipt. */
export async function fileDisclosure(someone, answers = {}) {
  const { page } = someone;
  const all = {
    requester: 'person', name: '佐藤 花子', kana: 'サトウ ハナコ', 'address.postal': '100-0001', 'address.text': '見本県見本市中央1-2-3',
    phone: '090-0000-0001', documents: '令和7年度の中央公園の改修工事に関する契約書', way: 'view', ...answers,
  };
  await someone.go('/procedures/disclosure_request');
  await someone.submit('申請をはじめる');
  for (let pages = 0; pages < 3; pages += 1) {
    for (const [name, value] of Object.entries(all)) {
      const input = page.locator(`[name="${name}"]`);
      if (!(await input.count())) continue;
      const type = await input.first().evaluate((element) => element.type);
      if (type === 'radio') await page.check(`[name="${name}"][value="${value}"]`);
      else await input.first().fill(value);
    }
    await someone.submit('次へ進む');
  }
  await someone.submit('申請する');
  const numbers = await page.locator('.receipt .number').allTextContents();
  assert.equal(numbers.length, 2, `the receipt's two numbers at ${page.url()}`);
  return { number: numbers[0], plain: numbers[0].replaceAll('-', ''), secret: numbers[1] };
}
