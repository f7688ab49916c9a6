// 補正 as a whole: what a correction opens is asked on the same page, what it hides is dropped, the fee follows; with scripts and without.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person } from './town.mjs';
import { BOTH, begin, fill, receipt, staff } from './resident.mjs';

let town;
let clerk;
before(async () => {
  town = await openTown({ residents: 200, cases: 20 });
  clerk = await staff(town, 'ueda');
});
after(async () => { await closeBrowser(); await town.close(); });

const OWNER = { name: '佐藤 花子', 'address.postal': '100-0001', 'address.text': '見本県見本市中央1-2-3', phone: '090-0000-0001', kept_elsewhere: 'no' };
const DOG = { dog_name: 'モモ', breed: '柴犬', coat: '茶', sex: 'female' };
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

/** A day so many days ago, in the three inputs of a date. */
function ago(name, days) {
  const day = new Date(Date.now() - days * 86400000);
  return { [`${name}.year`]: String(day.getFullYear()), [`${name}.month`]: String(day.getMonth() + 1), [`${name}.day`]: String(day.getDate()) };
}

/** Files the registration of a dog that has had no injection and lives with its owner. */
async function fileDog(someone, { start, next, file } = { start: '申請をはじめる', next: '次へ進む', file: '申請する' }) {
  await begin(someone, 'dog_registration', start);
  await fill(someone, OWNER);
  await someone.submit(next);
  await fill(someone, { ...DOG, ...ago('born', 700), ...ago('acquired', 5) });
  await someone.submit(next);
  await fill(someone, { chipped: 'no', vaccinated: 'no' });
  await someone.submit(next);
  await someone.submit(file);
  return receipt(someone);
}

/** The clerk asks where the dog is and about the injection. */
async function ask(plain) {
  const until = new Date(Date.now() + 14 * 86400000).toISOString().slice(0, 10);
  await clerk.press(plain, 'correction', { field: ['kept_elsewhere', 'vaccinated'], say: 'お電話のとおり、直してください。', until });
}

async function openCorrection(someone, plain) {
  for (let tries = 0; tries < 600; tries += 1) {
    await someone.go(`/status/${plain}/correct`);
    if (someone.page.url().endsWith('/correct')) return;
    await new Promise((next) => setTimeout(next, 50));
  }
  throw new Error('nobody asked for a correction');
}

/** The status page says this, within moments of the answer from the desk. */
async function reads(someone, plain, what) {
  for (let tries = 0; ; tries += 1) {
    await someone.go(`/status/${plain}`);
    const text = await someone.page.locator('main').innerText();
    if (what.test(text)) return;
    assert.ok(tries < 600, `${what} in ${text}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

test('what the correction opens is asked, told why, and the fee and the history follow', async () => {
  const hanako = await person(town, { name: 'correction', alsoAt: BOTH });
  const { plain } = await fileDog(hanako);
  await clerk.seen(plain);
  await ask(plain);
  await openCorrection(hanako, plain);
  await hanako.look('asked');
  assert.equal(await hanako.page.locator('[name="place.text"], [name=vaccination]').count(), 0, 'just what was asked for');
  await fill(hanako, { kept_elsewhere: 'yes', vaccinated: 'yes' });
  await hanako.submit('直したものを送る');
  assert.equal(await hanako.page.locator('#errors').count(), 0, 'nothing that could not be seen is called wrong');
  const told = hanako.page.locator('main [role=alert]');
  assert.match(await told.innerText(), /直した答えに合わせて/);
  assert.match(await told.innerText(), /犬のいるところ[^]*注射済証/);
  await hanako.look('opened');
  await hanako.submit('直したものを送る');
  assert.match(await hanako.page.locator('#errors').innerText(), /犬のいるところ/, 'now it was seen');
  await hanako.look('opened-wrong');
  await fill(hanako, { 'place.postal': '100-0001', 'place.text': '見本県見本市南町1-1' });
  await hanako.submit('直したものを送る');
  await hanako.page.waitForURL(new RegExp(`/status/${plain}$`));
  await reads(hanako, plain, /手数料が 3,?550 円に変わりました/);
  await hanako.look('fee');
  const { html } = await clerk.seen(plain);
  assert.match(html, /あわせて答えた質問：犬のいるところ、注射済証の写真/);
  assert.match(html, /3,?000 円 → 3,?550 円/);

  // There and back: what is not asked any more is dropped, and read in the history.
  await ask(plain);
  await openCorrection(hanako, plain);
  await fill(hanako, { kept_elsewhere: 'no', vaccinated: 'no' });
  await hanako.submit('直したものを送る');
  await hanako.page.waitForURL(new RegExp(`/status/${plain}$`));
  await reads(hanako, plain, /次の質問は要らなくなりました：犬のいるところ/);
  await hanako.look('dropped');
  const then = (await clerk.seen(plain)).html;
  assert.match(then, /たずねなくなった質問と、前の答え：犬のいるところ：[^<]*南町1-1/);
  assert.match(then, /3,?550 円 → 3,?000 円/);
  hanako.calm(422);
  await hanako.leave();
});

test('without scripts a document that was chosen once stays until the rest is right', async () => {
  const john = await person(town, { name: 'correction-en', scripts: false, locale: 'en-GB', alsoAt: BOTH });
  await john.go('/?lang=en');
  const { plain } = await fileDog(john, { start: 'Start', next: 'Next', file: 'Apply' });
  await clerk.seen(plain);
  await ask(plain);
  await openCorrection(john, plain);
  await fill(john, { kept_elsewhere: 'yes', vaccinated: 'yes' });
  await john.submit('Send the correction');
  assert.match(await john.page.locator('main').innerText(), /makes these questions necessary too/);
  await john.look('opened');
  await john.page.setInputFiles('[name=vaccination]', { name: 'certificate.png', mimeType: 'image/png', buffer: PNG });
  await john.submit('Send the correction');
  assert.match(await john.page.locator('main').innerText(), /Attached now: certificate\.png/);
  await fill(john, { 'place.postal': '100-0001', 'place.text': '見本県見本市南町1-1' });
  await john.submit('Send the correction');
  await john.page.waitForURL(new RegExp(`/status/${plain}$`));
  for (let tries = 0; ; tries += 1) {
    const { html } = await clerk.seen(plain);
    if (html.includes('certificate.png')) break;
    assert.ok(tries < 600, 'the document reaches the desk');
    await new Promise((next) => setTimeout(next, 50));
  }
  await john.leave();
});
