// What residents and the staff behind them do on the way, so that each journey reads like one.
import assert from 'node:assert/strict';
import { person, mailTo, PHONE, WIDE } from './town.mjs';

export const BOTH = [['wide', WIDE]];
export { PHONE, WIDE };

/** Opens a procedure's guide and begins. */
export async function begin(someone, procedure, start = '申請をはじめる') {
  await someone.go(`/procedures/${procedure}`);
  await someone.submit(start);
}

/** Fills inputs by their names: a text, a radio or list by its value, a ticked box by true. */
export async function fill(someone, answers) {
  const { page } = someone;
  for (const [name, value] of Object.entries(answers)) {
    const input = page.locator(`[name="${name}"]`);
    const type = await input.first().evaluate((element) => (element.tagName === 'SELECT' ? 'select' : element.type));
    if (type === 'radio') await page.check(`[name="${name}"][value="${value}"]`);
    else if (type === 'checkbox') for (const one of [value].flat()) await page.check(one === true ? `[name="${name}"]` : `[name="${name}"][value="${one}"]`);
    else if (type === 'select') await input.first().selectOption(value);
    else await input.first().fill(value);
  }
}

export const WHO = {
  requester: 'person', name: '佐藤 花子', kana: 'サトウ ハナコ', 'address.postal': '100-0001', 'address.text': '見本県見本市中央1-2-3',
  phone: '090-0000-0001',
};
export const WHAT = { documents: '令和7年度の中央公園の改修工事に関する契約書' };
export const HOW = { way: 'view' };

/** Files the disclosure request without looking at the way. Gives the two numbers of the receipt. */
export async function fileDisclosure(someone, { who = {}, what = {}, next = '次へ進む', file = '申請する', start } = {}) {
  await begin(someone, 'disclosure_request', start);
  await fill(someone, { ...WHO, ...who });
  await someone.submit(next);
  await fill(someone, { ...WHAT, ...what });
  await someone.submit(next);
  await fill(someone, HOW);
  await someone.submit(next);
  await someone.submit(file);
  return receipt(someone);
}

/** The numbers of the page that comes after filing. */
export async function receipt(someone) {
  const numbers = await someone.page.locator('.receipt .number').allTextContents();
  assert.equal(numbers.length, 2, `the receipt's two numbers at ${someone.page.url()}`);
  return { number: numbers[0], plain: numbers[0].replaceAll('-', ''), secret: numbers[1] };
}

/** Signs in by the code that was mailed. The person stands on the page that asks for the address. */
export async function signIn(someone, town, mail, labels = { send: '確認コードを送る', enter: 'ログインする' }) {
  const before = (await mails(town, mail)).length;
  await fill(someone, { mail });
  await someone.submit(labels.send);
  const text = await newMail(town, mail, before);
  const code = text.match(/\b\d{6}\b/)?.[0];
  assert.ok(code, `a code of six digits in: ${text}`);
  await fill(someone, { code });
  await someone.submit(labels.enter);
}

async function mails(town, address) {
  return (await fetch(`${town.url}/demo/mail.json?to=${encodeURIComponent(address)}`)).json();
}

/** Waits for one more mail than there were, and gives its text. */
async function newMail(town, address, before) {
  await mailTo(town, address);
  for (;;) {
    const all = await mails(town, address);
    if (all.length > before) return all[0].text;
    await new Promise((next) => setImmediate(next));
  }
}

/** Somebody of the staff, signed in by the demo's own door. What they press is sent as their pages send it, whatever those look like. */
export async function staff(town, cast) {
  const clerk = await person(town, { viewport: WIDE, name: `behind-${cast}` });
  await clerk.go('/desk/demo');
  await Promise.all([clerk.page.waitForURL(/\/desk\/cases|\/desk$/), clerk.page.locator(`form[action="/desk/demo/${cast}"] button`).click()]);
  const at = (number) => `${town.url}/desk/cases/${number}`;
  const seen = async (number) => {
    // The hatch hands a case over within moments; until then it is not there.
    for (let tries = 0; tries < 600; tries += 1) {
      const answer = await clerk.context.request.get(at(number));
      if (answer.ok()) {
        const html = await answer.text();
        const value = (name) => html.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1];
        return { csrf: value('csrf'), row: value('row'), html };
      }
      await new Promise((next) => setTimeout(next, 50));
    }
    throw new Error(`the desk does not know ${number}`);
  };
  return {
    ...clerk,
    seen,
    async press(number, verb, more = {}) {
      const { csrf, row } = await seen(number);
      const body = new URLSearchParams({ csrf, ...(row === undefined ? {} : { row }) });
      for (const [name, values] of Object.entries(more)) for (const value of [values].flat()) body.append(name, value);
      const answer = await clerk.context.request.post(`${at(number)}/${verb}`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' }, data: body.toString(),
      });
      assert.ok(answer.ok(), `${verb} on ${number} by ${cast}: ${answer.status()} ${(await answer.text()).match(/role="alert"[^]{0,300}/)?.[0]}`);
    },
  };
}

/** Signs in as somebody of the examples, by the demo's own door. */
export async function as(someone, cast) {
  await someone.go('/demo');
  await Promise.all([someone.page.waitForURL(/\/my$/), someone.page.locator(`form[action="/demo/resident/${cast}"] button`).click()]);
}
