// The case screen: what lies apart, what was attached, what the registry says, what came before; and who sees none of it.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { openTown, closeBrowser, person, PHONE } from './town.mjs';
import { staff } from './staff.mjs';
import { begin, fill, receipt, WHO } from './resident.mjs';

let town;
before(async () => { town = await openTown({ residents: 200, cases: 40 }); });
after(async () => { await closeBrowser(); await town?.close(); });

const NUMBER = '123456789018';

/** Answers every page as far as it asks what is given here, files included, and files. A question that comes up by an answer is answered too. */
async function walk(someone, answers, files = {}) {
  const { page } = someone;
  const given = new Set();
  page.setDefaultTimeout(10_000);
  for (let pages = 0; pages < 15 && !page.url().includes('/check'); pages += 1) {
    const names = await page.locator('main form [name]').evaluateAll((inputs) => [...new Set(inputs.map((input) => input.name))]);
    // Whoever lives with the applicant is offered by name; the first of them.
    if (names.includes('children.0.child')) await page.locator('[name="children.0.child"]').first().check();
    await fill(someone, Object.fromEntries(Object.entries(answers).filter(([name]) => names.includes(name))));
    for (const [name, several] of Object.entries(files)) {
      if (!names.includes(name) || given.has(name)) continue;
      given.add(name);
      await page.setInputFiles(`input[type=file][name="${name}"]`, several);
      await page.locator(`[id="f-${name.replaceAll('.', '-')}"] [data-kept] li`).nth(several.length - 1).waitFor();
    }
    await someone.submit('次へ進む');
  }
  await someone.look('check');
  await page.locator('form[action$="/file"] button').click();
  await page.waitForURL(/\/filed/);
  return receipt(someone);
}

/** Somebody of the cast, signed in by the demo's own door. */
async function signIn(someone, cast) {
  await someone.go('/demo');
  await Promise.all([someone.page.waitForEvent('load'), someone.page.locator(`form[action="/demo/resident/${cast}"] button`).click()]);
}

/** A day so many days from now, in the three boxes of a date. */
const day = (name, days) => {
  const on = new Date(Date.now() + days * 86400000);
  return { [`${name}.year`]: String(on.getFullYear()), [`${name}.month`]: String(on.getMonth() + 1), [`${name}.day`]: String(on.getDate()) };
};

/** 児童手当 with an individual number, by somebody whom a clerk linked to the register. */
async function fileAllowance(someone, cast, more = {}, files = {}) {
  await signIn(someone, cast);
  await begin(someone, 'child_allowance');
  return walk(someone, {
    event: 'moved_in', ...day('event_on', -3), job: 'none', number: NUMBER, married: 'no', 'children.0.relation': 'child',
    'children.0.together': 'yes', grown_up: '0', 'account.kind': 'bank', 'account.bank': '0001', 'account.branch': '001', 'account.deposit': 'ordinary',
    'account.number': '1234567', 'account.holder': 'サトウ ハナコ', my_own: true, ...more,
  }, files);
}

/** Photographs drawn by the browser itself, and a document of one page. */
async function papers(someone) {
  const drawn = await someone.page.evaluate(() => Promise.all([['#885522', '屋根'], ['#226688', '床下']].map(async ([colour, words]) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [800, 600];
    const pen = canvas.getContext('2d');
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 800, 600);
    pen.fillStyle = '#fff';
    pen.font = '80px sans-serif';
    pen.fillText(words, 60, 320);
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg'));
    return [...new Uint8Array(await blob.arrayBuffer())];
  })));
  const drawing = 'BT /F 36 Tf 80 700 Td (REPAIR ESTIMATE) Tj ET';
  const objects = ['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>', '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>',
    `<</Length ${drawing.length}>>stream\n${drawing}\nendstream`, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'];
  let pdf = '%PDF-1.4\n';
  const at = objects.map((object, index) => { const begins = pdf.length; pdf += `${index + 1} 0 obj${object}endobj\n`; return begins; });
  const xref = pdf.length;
  pdf += `xref\n0 6\n0000000000 65535 f \n${at.map((begins) => `${String(begins).padStart(10, '0')} 00000 n \n`).join('')}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${xref}\n%%EOF`;
  return [
    ...drawn.map((bytes, index) => ({ name: `被害-${index + 1}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) })),
    { name: '修理の見積書.pdf', mimeType: 'application/pdf', buffer: Buffer.from(pdf) },
  ];
}

/** The address of a case's individual number. */
const apart = ({ plain }) => `/desk/cases/${plain}/individual-number`;

test('an individual number is opened by who has the case, for a purpose, once; everybody else is refused alike', async () => {
  const hanako = await person(town, { viewport: PHONE, name: 'staff-case-resident' });
  const filed = await fileAllowance(hanako, 'hanako');
  hanako.calm();
  await hanako.leave();

  // The clerk who does not have the case yet sees that a number lies apart, and no way to it.
  const mori = await staff(town, 'mori', { name: 'staff-case-mori' });
  await mori.open(filed.number);
  const masked = mori.page.locator('section[aria-labelledby=answers]');
  assert.match(await masked.innerText(), /個人番号[^]*●●●● ●●●● ●●●●/);
  assert.equal(await mori.page.locator(`a[href="${apart(filed)}"]`).count(), 0);
  const { csrf } = await mori.held();
  const refused = async (who, at, token) => {
    const asked = await who.context.request.get(town.url + at);
    const posted = await who.context.request.post(town.url + at, {
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: town.url }, data: new URLSearchParams({ csrf: token, purpose: 'inquiry' }).toString(),
    });
    assert.deepEqual([asked.status(), posted.status()], [404, 404], at);
    const bare = (html) => html.replaceAll(/name="csrf" value="[^"]*"/g, '');
    return [bare(await asked.text()), bare(await posted.text())];
  };
  const [before] = await refused(mori, apart(filed), csrf);
  const [unknown] = await refused(mori, apart({ plain: 'ZZZZZZZ' }), csrf);
  assert.equal(before, unknown, 'a case that does not exist is answered in the same words');
  for (const cast of ['hayashi', 'ono', 'admin']) {
    const other = await staff(town, cast, { name: `staff-case-${cast}` });
    await other.go('/desk/paper');
    await refused(other, apart(filed), (await other.held()).csrf);
    await other.leave();
  }

  await mori.open(filed.number);
  await mori.press('担当する');
  await mori.follow('個人番号を開く');
  assert.doesNotMatch(await mori.page.content(), new RegExp(NUMBER));
  assert.match(await mori.page.locator('main').innerText(), /番号法第9条第1項・別表（児童手当法/);
  await mori.look('number-asked');
  // Without a purpose the browser asks for one; past the browser the page does, and shows nothing.
  const { csrf: mine } = await mori.held();
  const none = await mori.post(filed.number, 'individual-number', { csrf: mine });
  assert.equal(none.status(), 422);
  assert.match(await none.text(), /何のために見るかを選んでください/);
  assert.doesNotMatch(await none.text(), /1234 5678/);
  await mori.page.check('input[name=purpose][value=inquiry]');
  const [answer] = await Promise.all([mori.page.waitForResponse((one) => one.url().endsWith('/individual-number')), mori.press('個人番号を表示する')]);
  assert.equal(answer.headers()['cache-control'], 'no-store');
  assert.match(await mori.page.locator('main').innerText(), /1234 5678 9018/);
  assert.equal(mori.page.url(), town.url + apart(filed), 'nothing of it stands in the address');
  await mori.look('number-opened');
  await mori.page.emulateMedia({ media: 'print' });
  assert.equal(await mori.page.getByText('1234 5678 9018').isVisible(), false, 'it is not printed');
  await mori.page.emulateMedia({ media: 'screen' });
  await mori.follow('閉じて案件に戻る');
  for (const page of [`/desk/cases/${filed.plain}`, `/desk/cases/${filed.plain}/print`, '/desk/cases?queue=mine', apart(filed)]) {
    await mori.go(page);
    assert.doesNotMatch(await mori.page.content(), /1234 ?5678 ?9018/, page);
  }
  // Nobody finds a case by it.
  await mori.page.goto('/desk/cases?queue=all');
  await mori.page.fill('input[name=q]', NUMBER);
  await Promise.all([mori.page.waitForEvent('load'), mori.page.locator('form[role=search] button').click()]);
  assert.equal(await mori.page.locator(`a[href="/desk/cases/${filed.plain}"]`).count(), 0);
  mori.calm();
  await mori.leave();

  const admin = await staff(town, 'admin', { name: 'staff-case-log' });
  await admin.go('/desk/access-log');
  const line = admin.page.locator('tr', { hasText: 'individual-number:inquiry' });
  assert.equal(await line.count(), 1, 'one look, one line');
  assert.match(await line.innerText(), /森 恵[^]*childcare_clerk_opens_numbers/);
  admin.calm();
  await admin.leave();
});

test('photographs and documents stand beside the answers, large one after the other, and nobody else gets at them', async () => {
  const kenji = await person(town, { viewport: PHONE, name: 'staff-case-flooded' });
  await begin(kenji, 'disaster_certificate');
  const sent = await papers(kenji);
  const filed = await walk(kenji, {
    cause: 'flood', ...day('happened_on', -5), 'place.postal': '100-0006', 'place.text': '見本県見本市東町2-3', lived: 'owner', residents: '3', damage: '1階が水につかった。',
    depth: '30', self_judged: 'no', 'name.family': '鈴木', 'name.given': '健二', kana: 'スズキ ケンジ', 'contact_address.postal': '100-0006', 'contact_address.text': '見本県見本市東町2-3', phone: '090-0000-0006', copies: '1',
  }, { photos: sent });
  kenji.calm();

  const fujita = await staff(town, 'fujita', { name: 'staff-case-files' });
  await fujita.open(filed.number);
  const shots = fujita.page.locator('section[aria-labelledby=answers] .shots li');
  for (let tries = 0; tries < 40 && (await shots.locator('a').count()) < 3; tries += 1) {
    await new Promise((next) => setTimeout(next, 200));
    await fujita.page.reload();
  }
  assert.deepEqual((await shots.locator('a').allTextContents()).map((name) => name.trim()), sent.map((file) => file.name), 'all three came through the hatch, in order');
  const pictures = shots.locator('img');
  assert.equal(await pictures.count(), 2);
  await pictures.last().scrollIntoViewIfNeeded();
  await fujita.page.waitForFunction(() => [...document.querySelectorAll('.shots img')].every((image) => image.complete && image.naturalWidth === 800));
  await fujita.look('files');

  await shots.locator('a').first().click();
  await fujita.page.waitForURL(/\/attached\/1$/);
  assert.match(await fujita.page.locator('main').innerText(), /書類 1 \/ 3/);
  await fujita.look('photo');
  await Promise.all([fujita.page.waitForURL(/\/attached\/2$/), fujita.page.keyboard.press('n')]);
  await fujita.follow('次の書類');
  assert.equal(new URL(fujita.page.url()).pathname, `/desk/cases/${filed.plain}/attached/3`);
  assert.equal(await fujita.page.locator('.letter iframe').getAttribute('title'), '修理の見積書.pdf');
  await new Promise((drawn) => setTimeout(drawn, 1500)); // the browser's own viewer tells nobody when it has drawn
  await fujita.look('document');
  await Promise.all([fujita.page.waitForURL(/\/attached\/2$/), fujita.page.keyboard.press('p')]);
  assert.equal((await fujita.context.request.get(`${town.url}/desk/cases/${filed.plain}/attached/4`)).status(), 404);

  // What goes out is what came in, of a kind that runs nothing, in no frame but ours.
  const sources = await Promise.all([1, 3].map(async (turn) => {
    const html = await (await fujita.context.request.get(`${town.url}/desk/cases/${filed.plain}/attached/${turn}`)).text();
    return html.match(/src="(\/desk\/cases\/[^"]*\/files\/[^"]*)"/)[1];
  }));
  for (const [source, file] of [[sources[0], sent[0]], [sources[1], sent[2]]]) {
    const answer = await fujita.context.request.get(town.url + source);
    const headers = answer.headers();
    assert.equal(headers['content-type'], file.mimeType);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(headers['content-security-policy'], /default-src 'none'/);
    assert.match(headers['content-security-policy'], /frame-ancestors 'self'/);
    assert.equal(headers['cache-control'], 'private, no-store');
    if (file.mimeType === 'image/jpeg') assert.match(headers['content-security-policy'], /sandbox/);
    else assert.ok((await answer.body()).equals(file.buffer), 'byte for byte');
  }
  // Another department, another case's address, a stranger, the resident's own browser: none of them.
  const ono = await staff(town, 'ono', { name: 'staff-case-files-ono' });
  const other = `/desk/cases/ZZZZZZZ/files/${sources[0].split('/').at(-1)}`;
  for (const at of [...sources, `/desk/cases/${filed.plain}/attached/1`]) assert.equal((await ono.context.request.get(town.url + at)).status(), 404, at);
  assert.equal((await fujita.context.request.get(town.url + other)).status(), 404);
  assert.equal((await fujita.context.request.get(`${town.url}/desk/cases/${filed.plain}/files/${'0'.repeat(32)}`)).status(), 404);
  for (const at of sources) assert.notEqual((await kenji.context.request.get(town.url + at, { maxRedirects: 0 })).headers()['content-type'], 'image/jpeg');
  for (const one of [kenji, ono, fujita]) { one.calm(); await one.leave(); }
});

test('where the registry says the same everywhere one line says so and one key goes on; earlier cases are those that I may see', async () => {
  const hanako = await person(town, { viewport: PHONE, name: 'staff-case-again' });
  await hanako.go('/');
  const [proof] = await papers(hanako);
  const first = await fileAllowance(hanako, 'hanako', {
    number: '', 'children.0.together': 'no', 'children.0.child_address.postal': '100-0001', 'children.0.child_address.text': '見本県見本市中央9-9-9',
  }, { 'children.0.apart_proof': [proof] });
  const second = await fileAllowance(hanako, 'hanako', { number: '' });
  await begin(hanako, 'disclosure_request');
  const elsewhere = await walk(hanako, { ...WHO, documents: '児童手当の支給の基準', way: 'view' });
  await hanako.leave();

  const mori = await staff(town, 'mori', { name: 'staff-case-same' });
  // What hangs on a row of a group is in place too.
  await mori.open(first.number);
  assert.match(await mori.page.locator('section[aria-labelledby=answers]').innerText(), /1つ目：別居監護申立書など/);
  assert.equal(await mori.page.locator('.shots a', { hasText: proof.name }).count(), 1);
  await mori.open(second.number);
  const earlier = mori.page.locator('section[aria-labelledby=person]');
  assert.equal(await earlier.locator(`a[href="/desk/cases/${first.plain}"]`).count(), 1, 'what she filed before');
  assert.equal(await earlier.locator(`a[href="/desk/cases/${second.plain}"]`).count(), 0, 'not this one itself');
  assert.equal(await earlier.locator(`a[href="/desk/cases/${elsewhere.plain}"]`).count(), 0, 'not what is another department\'s');
  assert.doesNotMatch(await earlier.innerText(), /公文書/);

  const answers = mori.page.locator('section[aria-labelledby=answers]');
  assert.match(await answers.innerText(), /台帳とくらべた[0-9]項目に、違いはありません/);
  assert.equal(await answers.locator('tr.diff').count(), 0);
  const table = answers.locator('.scroll');
  assert.ok(await table.evaluate((box) => box.scrollWidth <= box.clientWidth), 'no answer is cut off, however long the question');
  await mori.look('same');
  await mori.press('担当する');
  await Promise.all([mori.page.waitForURL(/done=advance/), mori.page.keyboard.press('o')]);
  await mori.said('次の工程に進めました');

  const ono = await staff(town, 'ono', { name: 'staff-case-earlier-ono' });
  await ono.open(elsewhere.number);
  const theirs = ono.page.locator('section[aria-labelledby=person]');
  for (const { plain } of [first, second]) assert.equal(await theirs.locator(`a[href="/desk/cases/${plain}"]`).count(), 0);
  assert.doesNotMatch(await theirs.innerText(), /児童手当/);
  await ono.look('earlier-none');
  assert.equal((await mori.context.request.get(`${town.url}/desk/cases/${elsewhere.plain}`)).status(), 404);
  for (const one of [mori, ono]) { one.calm(); await one.leave(); }
});

test('what an outcome asks is chosen from the register with its free places, and the first wish stands there', { timeout: 60_000 }, async () => {
  const mori = await staff(town, 'mori', { name: 'staff-case-admits', alsoAt: [['phone', PHONE]] });
  await mori.go('/desk/cases?queue=all');
  const line = mori.page.locator('tr', { hasText: '放課後児童会の入会' }).first();
  await line.locator('a').first().click();
  await mori.page.waitForURL(/\/desk\/cases\/[0-9A-Z-]+$/);
  await mori.go(`${new URL(mori.page.url()).pathname}/propose`);
  await mori.page.locator('input[name=outcome][value=admit]').check();
  const clubs = mori.page.locator('[name="admit.facility"]');
  const chosen = await clubs.evaluateAll((inputs) => inputs.map((input) => (input.tagName === 'SELECT' ? input.value : input.checked && input.value)).filter(Boolean));
  assert.equal(chosen.length, 1, 'the first wish is chosen already');
  assert.equal(await mori.page.locator('input[type=text][name="admit.facility"]').count(), 0, 'nothing is told in words');
  const shown = await mori.page.locator('#f-admit-facility, fieldset:has([name="admit.facility"])').last().innerText();
  assert.match(shown, /児童会/);
  assert.match(shown, /\d/, `free places stand beside each: ${shown}`);
  for (const part of ['year', 'month', 'day']) {
    assert.notEqual(await mori.page.locator(`[name="admit.from.${part}"]`).inputValue(), '', 'the first day that was asked for stands there');
  }
  await mori.look('admit');
  mori.calm();
  await mori.leave();
});
