// A demo town of its own for each journey file, and a browser that notices what people would: axe on every page, console errors,
// sideways scrolling, screenshots.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const binary = process.env.YAKUBA ?? resolve(import.meta.dirname, '..', process.env.CARGO_TARGET_DIR ?? 'target', 'debug', 'yakuba');
export const screens = resolve(import.meta.dirname, '..', 'out', 'screens');
mkdirSync(screens, { recursive: true });

/** Starts `yakuba demo` (or another command) on a free port and waits until it says where to go. */
export async function openTown({ command = 'demo', residents = 200, cases = 40, args = [] } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'yakuba-e2e-'));
  const given = command === 'demo' ? ['--residents', String(residents), '--cases', String(cases)] : [];
  const town = spawn(binary, [command, '--data', join(data, 'town'), '--listen', '127.0.0.1:0', ...given, ...args], {
    cwd: resolve(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  town.stderr.on('data', (text) => (said += text));
  const url = await new Promise((found, failed) => {
    const late = setTimeout(() => failed(new Error(`the town did not open within 120 s:\n${said}`)), 120_000);
    town.stdout.on('data', (text) => {
      said += text;
      const at = said.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (at) { clearTimeout(late); found(at[0]); }
    });
    town.on('exit', (code) => { clearTimeout(late); failed(new Error(`the town closed with ${code}:\n${said}`)); });
  });
  return {
    url,
    /** Where it keeps what it has: `town` below it. */
    data,
    said: () => said,
    async close() {
      const gone = new Promise((done) => town.on('exit', done));
      town.kill('SIGTERM');
      await gone;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

let browser;
export async function openBrowser() {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return browser;
}
export async function closeBrowser() { await browser?.close(); browser = undefined; }

export const PHONE = { width: 360, height: 780 };
export const WIDE = { width: 1280, height: 900 };

/** What axe could not decide by itself and a person has looked at, by rule. Anything else 'incomplete' is printed. */
const reviewed = new Set(['color-contrast']);

/**
 * One person with a browser of their own. `scripts: false` is the same journey without JavaScript.
 */
export async function person(town, { viewport = PHONE, scripts = true, name = 'person', locale = 'ja-JP', alsoAt = [] } = {}) {
  const context = await (await openBrowser()).newContext({ viewport, javaScriptEnabled: scripts, locale, timezoneId: 'Asia/Tokyo', baseURL: town.url });
  const page = await context.newPage();
  const trouble = [];
  page.on('console', (line) => { if (line.type() === 'error') trouble.push(`${page.url()}: ${line.text()}`); });
  page.on('pageerror', (error) => trouble.push(`${page.url()}: ${error.message}`));
  page.on('requestfailed', (request) => {
    if (!/ERR_ABORTED/.test(request.failure()?.errorText ?? '')) trouble.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  let shot = 0;
  return {
    page, context, name,
    /** Looks at the page as it stands: axe, sideways scrolling, a screenshot. */
    async look(title) {
      shot += 1;
      await page.screenshot({ path: join(screens, `${name}-${String(shot).padStart(2, '0')}-${title}.png`), fullPage: true });
      if (scripts) { await fits(page, title); await reads(page, title); }
      await axe(page, title, scripts);
      for (const [size, other] of alsoAt) {
        await page.setViewportSize(other);
        if (scripts) await fits(page, `${title} ${size}`);
        await page.screenshot({ path: join(screens, `${name}-${String(shot).padStart(2, '0')}-${title}-${size}.png`), fullPage: true });
      }
      if (alsoAt.length) await page.setViewportSize(viewport);
    },
    async go(path) {
      const answer = await page.goto(path);
      return answer;
    },
    async submit(label) {
      await Promise.all([page.waitForLoadState('load'), page.getByRole('button', { name: label }).first().click()]);
      await page.waitForLoadState('load');
    },
    /** No console error, no failed request on the whole journey; but the answers that it provoked itself, such as 404, 422 or /ERR_CONNECTION/. */
    calm(...provoked) {
      const says = (line, what) => (what instanceof RegExp ? what.test(line) : line.includes(`the server responded with a status of ${what} `));
      const isOwn = (line) => provoked.some((what) => says(line, what));
      assert.deepEqual(trouble.filter((line) => !isOwn(line)), [], 'console errors or failed requests');
    },
    async leave() { await context.close(); },
  };
}

/** Nobody has to push a page sideways. */
async function fits(page, title) {
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(sideways <= 1, `${title}: the page is ${sideways} px wider than the screen`);
}

/** Nobody has to read what is meant for the program: a reading in its brackets, a place that was not filled, the id of a word. */
async function reads(page, title) {
  const raw = await page.evaluate(() => document.body.innerText.match(/[《》]|\{ ?\$?[a-z_.]+ ?\}|\b(?:cases|desk|access|messages|letters|registry|ui|demo)-[a-z]+(?:-[a-z]+)+\b/g));
  assert.deepEqual(raw, null, `${title}: raw text on the page`);
}

async function axe(page, title, scripts) {
  let target = page;
  let copy;
  if (!scripts) {
    // axe needs scripts: the same HTML is looked at in a page that has them, styles included.
    const with_scripts = await (await openBrowser()).newContext({ viewport: page.viewportSize(), bypassCSP: true });
    copy = with_scripts;
    target = await with_scripts.newPage();
    const html = await page.content();
    await target.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
    await target.goto(page.url());
    await fits(target, title);
    await reads(target, title);
  }
  // The content security policy forbids injected scripts on the page itself; the debugger's isolated world is not bound by it.
  const session = await target.context().newCDPSession(target);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
  await session.send('Runtime.evaluate', { expression: axeSource, contextId: executionContextId });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations', 'incomplete'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(r => JSON.stringify({
      violations: r.violations.map(v => v.id + ': ' + v.help + ' @ ' + v.nodes.map(n => n.target.join(' ')).slice(0, 5).join(', ')),
      incomplete: r.incomplete.map(v => v.id + ' @ ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(', ')) }))`,
    contextId: executionContextId, awaitPromise: true, returnByValue: true,
  });
  assert.ok(!exceptionDetails, `axe did not run on ${title}: ${JSON.stringify(exceptionDetails)}`);
  const { violations, incomplete } = JSON.parse(result.value);
  await session.detach();
  await copy?.close();
  for (const line of incomplete) if (!reviewed.has(line.split(' ')[0])) console.log(`axe incomplete, ${title}: ${line}`);
  assert.deepEqual(violations, [], `axe on ${title}`);
}

/** The newest mail to an address, from the demo's catcher. */
export async function mailTo(town, address) {
  for (let tries = 0; tries < 60; tries += 1) {
    const answer = await fetch(`${town.url}/demo/mail.json?to=${encodeURIComponent(address)}`);
    const mails = await answer.json();
    if (mails.length) return mails[0];
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error(`no mail for ${address} within 15 s`);
}
