// The pages of a served demonstration in a real browser: every page that each person reaches by links is free of findings of
// axe and html-validate, fits 320 pixels in the dark, and prints its banner on every sheet; one person then answers a request
// with the keyboard alone and without scripts.
//
// node pages.mjs LINKS, a file with a line `PERSON URL` for each person. Ends with 1 when a check failed.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { HtmlValidate } from 'html-validate';
import { browser, check, ended, entered, inspect, inspectBoth, picture, press, says, tabTo } from './browser.mjs';

const people = readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => line.split(' '));
// What html-validate takes for style and not for a fault: how text is laid out in the source.
const html = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: { 'long-title': 'off', 'no-trailing-whitespace': 'off', 'void-style': 'off', 'no-implicit-button-type': 'off',
    // The standard allows every id without a space.
    'valid-id': ['error', { relaxed: true }],
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'submit'] }] },
});
const MOST_PAGES = 40;
/// Whoever keeps the record, and reads no text.
const RECORDER = 'USA.SVC/osei';
/// The largest page that was met.
let heaviest = 0;

async function look(who, window, path, narrow) {
  const { page } = window;
  const answer = await page.goto(new URL(path, page.url()).href);
  const what = `${who} ${path}${narrow ? ' at 320 px, dark' : ''}`;
  check([200, 403, 404].includes(answer.status()), `${what}: ${answer.status()}`);
  await inspect(window, what);
  if (narrow) return [];
  const text = await answer.text();
  check(Buffer.byteLength(text) <= 100 << 10, `${what}: ${Buffer.byteLength(text)} bytes are too many`);
  heaviest = Math.max(heaviest, Buffer.byteLength(text));
  const report = await html.validateString(text);
  const faults = report.results.flatMap((result) => result.messages.map((one) => `${one.line}:${one.column} ${one.message}`));
  check(report.valid, `${what}: ${faults.slice(0, 3).join('; ')}`);
  await page.emulateMedia({ media: 'print' });
  const printed = await page.evaluate(() =>
    [...document.querySelectorAll('body > .banner')].map((banner) => getComputedStyle(banner).display).join(' '),
  );
  check(printed === 'table-header-group table-footer-group', `${what}: printed, banners are ${printed}`);
  await page.emulateMedia({ media: 'screen' });
  return linked(page);
}

/// Where a page leads. A file is no page, a list in another order is the same page, and every entry of the ledger has a page as the
/// first has.
async function linked(page) {
  const links = await page.evaluate(() => [...document.querySelectorAll('a[href^="/"]')].map((link) => link.getAttribute('href').split('#')[0]));
  return links.filter((link) => !/[?&](as|sort)=|\.(proof|cose|entry|jsonld)$|\/odrl$/.test(link) && !/^\/ledger\/(?!1$)/.test(link));
}

async function everyPage(who, link) {
  const wide = await entered(link, { viewport: { width: 1280, height: 900 } });
  const troubles = [];
  wide.page.on('console', (said) => {
    if (said.type() === 'error' && !said.text().includes('status of 40')) troubles.push(said.text());
  });
  const waiting = ['/', '/nowhere', '/search?q=svc'];
  const seen = new Set();
  while (waiting.length > 0 && seen.size < MOST_PAGES) {
    const path = waiting.shift();
    if (seen.has(path)) continue;
    seen.add(path);
    waiting.push(...(await look(who, wide, path, false)));
  }
  check(troubles.length === 0, `${who}: the browser complains: ${troubles.join('; ')}`);
  await wide.context.close();
  const narrow = await entered(link, { viewport: { width: 320, height: 800 }, colorScheme: 'dark' });
  for (const path of seen) await look(who, narrow, path, true);
  await narrow.context.close();
  return seen.size;
}

async function answersByKeyboard(link) {
  const { context, page } = await entered(link, { javaScriptEnabled: false });
  await tabTo(page, () => document.activeElement.textContent.startsWith('Answer'), 'the request');
  await page.keyboard.press('Enter');
  await page.waitForURL(/requests/);
  await tabTo(page, () => document.activeElement.type === 'radio', 'the first portion');
  await page.keyboard.press('ArrowUp');
  check(await page.evaluate(() => document.activeElement.value === 'refuse'), 'an arrow chooses to refuse');
  await tabTo(page, () => document.activeElement.id === 'reason', 'the reason');
  await page.keyboard.type('It would show who the source is.');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=If you answer so:');
  check(await says(page, 'It stays closed to them'), 'the consequence is shown before the answer');
  await tabTo(page, () => document.activeElement.name === 'shown', 'the answer');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=refused');
  check((await page.locator('text=refused').count()) > 0, 'the answer stands on the page');
  await context.close();
}

/// Whoever gives text sees what each receiver will see, and what stays closed; Enter in a field decides nothing.
async function gives(link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 } });
  const { context, page } = window;
  await page.goto(new URL('/reports/SVC-2026-0412/deliver', page.url()).href);
  await page.uncheck('#portion-place');
  await page.fill('#to', 'GBR.CAB');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=If you deliver this');
  const sheet = await page.textContent('.sheet');
  check(sheet.includes('Grey Tide') && !sheet.includes('Port Marrow'), 'a delivery shows just what the receiver will see');
  check(await page.isVisible('text=Will not see'), 'a delivery shows what stays closed');
  await inspectBoth(window, 'a delivery, shown');
  await page.fill('#to', 'NOBODY');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Nothing was done.');
  check((await page.inputValue('#to')) === 'NOBODY', 'what was typed stays');
  check((await page.title()).startsWith('Error:'), 'the title says that it is an error');
  await inspectBoth(window, 'a delivery, refused');
  await page.goto(new URL('/reports/SVC-2026-0412/release', page.url()).href);
  await page.check('#portion-advice');
  await page.fill('#to', 'CHL/foreign-minister');
  await page.selectOption('#for', 'threat-warning');
  await page.fill('#condition', 'orally only');
  await press(page, 'Show what each will see');
  check(await says(page, 'CHL/foreign-minister may be told advice'), 'a release says who may be told what');
  await inspectBoth(window, 'a release, shown');
  await press(page, 'Release it');
  await page.waitForURL(/reports\/SVC-2026-0412/);
  check(await page.isVisible('text=consent rel-'), 'what was released stands in the history');
  await page.goto(new URL('/', page.url()).href);
  await page.click('a:has-text("Answer")');
  await page.getByRole('radio', { name: 'substitute' }).first().check();
  await page.click('summary >> nth=0');
  await page.fill('[name^=mark-] >> nth=0', '(U//REL TO USA, CHL, GBR)');
  await page.fill('[name^=instead-] >> nth=0', 'Losses may be high.');
  await page.keyboard.press('Tab');
  await press(page, 'Show what this does');
  check(await page.isVisible('text=Losses may be high.'), 'another text is shown before it is given');
  await inspectBoth(window, 'an answer, shown');
  await context.close();
}

/// Files out and in, and an embargo, each shown before it is done.
async function files(link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 } });
  const { context, page } = window;
  await page.goto(new URL('/reports/SVC-2026-0412/export', page.url()).href);
  await page.fill('#to', 'GBR.CAB');
  await press(page, 'Show the file');
  check((await page.textContent('pre')).includes('bundle'), 'the file is shown before it is taken');
  await inspectBoth(window, 'an export, shown');
  const [taken] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Take the file' }).click()]);
  check(taken.suggestedFilename().startsWith('TOP_SECRET_'), `a file's name bears its mark: ${taken.suggestedFilename()}`);
  await page.goto(new URL('/import', page.url()).href);
  const bundle = { type: 'bundle', id: 'bundle--1', objects: [{ type: 'report', spec_version: '2.1', name: 'Containers',
    id: 'report--84e4d88f-44ea-4bcd-bbf3-b2c1c320bcb3', description: 'One.\n\nTwo.', object_refs: [] }] };
  await page.setInputFiles('#file', { name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(bundle)) });
  await press(page, 'Show what becomes of it');
  check(await page.isVisible('text=✓ added'), 'what becomes of a file is shown before it is taken in');
  await inspectBoth(window, 'an import, shown');
  await press(page, 'Take it in');
  check(await page.isVisible('text=The file is taken in.'), 'a file is taken in');
  await inspectBoth(window, 'an import, done');
  await page.goto(new URL('/reports/SVC-2026-0412/embargo', page.url()).href);
  await page.fill('#until', '2099-12-31');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=If you hold it back until');
  await inspectBoth(window, 'an embargo, shown');
  await press(page, 'Do it');
  check(await says(page, 'Embargo on all of it'), 'an embargo stands on the page of its report');
  await inspectBoth(window, 'a report under embargo');
  await page.goto(new URL('/reports/SVC-2026-0412/embargo', page.url()).href);
  await page.check('[name=end]');
  await press(page, 'Show what this does');
  await press(page, 'Do it');
  await context.close();
}

/// A briefing is prepared; its papers are printed each under its own banner; a list is filtered, sorted and exported.
async function briefs(link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 } });
  const { context, page } = window;
  await page.goto(new URL('/briefings', page.url()).href);
  await page.check('[name=reports]');
  await page.fill('#people', 'CHL/foreign-minister');
  await page.selectOption('#purpose', 'threat-warning');
  await press(page, 'Prepare');
  await page.waitForURL(/briefings\/brf-/);
  const address = page.url();
  await inspectBoth(window, 'a briefing');
  for (const whom of ['speaker', 'table']) {
    await page.goto(`${address}/${whom}`);
    await inspectBoth(window, `the paper for the ${whom}`);
    await page.emulateMedia({ media: 'print' });
    const shown = await page.evaluate(() => ['.mast nav', '.off-paper', '.foot'].map((part) => getComputedStyle(document.querySelector(part)).display).join(' '));
    check(shown === 'none none none', `printed, the paper for the ${whom} stands alone: ${shown}`);
    await page.emulateMedia({ media: 'screen' });
  }
  await page.goto(new URL('/briefings?sort=prepared&down=yes', page.url()).href);
  await inspectBoth(window, 'a list, sorted');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  check(file.suggestedFilename().endsWith('.csv'), `a list is exported: ${file.suggestedFilename()}`);
  await context.close();
}

/// A text is looked at: its passages are marked, the facts stand beside it, and confirming is shown before it is done.
async function watches(link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 } });
  const { context, page } = window;
  await page.goto(new URL('/watch', page.url()).href);
  await page.fill('#pasted', 'It is said: The cell has tested two devices. Losses would be highest if the container stands on the lower vehicle deck. No comment.');
  await press(page, 'Look at it');
  check((await page.locator('mark.hit').count()) > 0, 'what was found is marked in the text');
  await inspectBoth(window, 'a text with findings');
  await press(page, 'Show what confirming does');
  check(await page.isVisible('text=If you confirm this:'), 'what confirming does is shown first');
  await inspectBoth(window, 'findings, shown before they are confirmed');
  await context.close();
}

const DRAFT = `---
id: SVC-2026-0431
title: (U) Containers
scheme: us-ic
arrangements: [GBR-USA-2024]
---

(S//OC/REL TO USA, GBR) The container was booked. {#booking}

The booking was made by telephone. {#phone}
`;

/// A report is written: with scripts its banner and faults follow the typing, without them a button does the same.
async function writes(link, scripts) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 }, javaScriptEnabled: scripts });
  const { context, page } = window;
  const troubles = [];
  page.on('console', (said) => said.type() === 'error' && troubles.push(said.text()));
  page.on('pageerror', (error) => troubles.push(error.message));
  await page.goto(new URL('/write', page.url()).href);
  await page.fill('#text', DRAFT);
  if (!scripts) await press(page, 'Check');
  await page.waitForSelector('text=One fault stops it');
  check((await page.textContent('#banner-top')).includes('SECRET//ORCON/REL TO USA, GBR'), 'the banner follows what is written');
  check((await page.inputValue('#text')) === DRAFT, 'the text stays');
  // axe is a script itself.
  if (scripts) await inspectBoth(window, 'a draft with a fault');
  await press(page, 'Mark it (S//OC/REL TO USA, GBR), as the one before');
  await page.waitForSelector('text=2 portions, nothing wrong');
  await page.selectOption('#paragraph', { index: 0 });
  await page.selectOption('#base', 'SVC-2026-0412 v1 plot');
  await press(page, 'Write it down');
  check((await page.inputValue('#text')).includes('{from: SVC-2026-0412 v1 plot}'), 'a paragraph rests on what was chosen');
  if (scripts) await inspectBoth(window, 'a draft without faults');
  if (scripts) await press(page, 'Add report');
  if (scripts) check(page.url().endsWith('/reports/SVC-2026-0431'), `the report is added: ${page.url()}`);
  check(troubles.length === 0, `writing: ${troubles.join('; ')}`);
  await context.close();
}

/// What stands on a page in English that is neither a quotation nor marked as English: in the page, so that it can be looked for there.
const englishWords = () => {
  const whole = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (whole.nextNode()) {
    const { parentElement: around, textContent: said } = whole.currentNode;
    if (around.closest('[lang=en], .serif, .id, .mark, .banner, .hash, .mono, .name, code, pre, textarea, option')) continue;
    if (/\b(the|of|and|is|are|with|not|you|for|to|by)\b/.test(said)) found.push(said.trim());
  }
  return found;
};

/// Pages in German for whoever's browser asks for it; a choice on the page goes before that.
async function speaksGerman(who, link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 }, locale: 'de-DE' });
  const { context, page } = window;
  const waiting = ['/', '/pending', '/arrangements', '/import', '/access', '/notices', '/passkeys', '/search?q=svc', '/nowhere'];
  const seen = new Set();
  while (waiting.length > 0 && seen.size < MOST_PAGES) {
    const path = waiting.shift();
    if (seen.has(path)) continue;
    seen.add(path);
    await page.goto(new URL(path, page.url()).href);
    check((await page.getAttribute('html', 'lang')) === 'de', `${who} ${path}: the page is in German`);
    const english = await page.evaluate(englishWords);
    check(english.length === 0, `${who} ${path}: in German it says ${english.join(' | ')}`);
    await inspectBoth(window, `${who} ${path} in German`);
    await picture(page, `de-${who.split('/')[1]}-${path.split('?')[0].replace(/[^a-zA-Z]+/g, '-') || 'desk'}`);
    waiting.push(...(await linked(page)));
  }
  await page.goto(new URL('/requests', page.url()).href);
  await press(page, 'English');
  check((await page.getAttribute('html', 'lang')) === 'en', 'a choice goes before what the browser asks for');
  check(page.url().endsWith('/requests'), `and leads back: ${page.url()}`);
  await press(page, 'Deutsch');
  check((await page.getAttribute('html', 'lang')) === 'de', 'and back');
  await press(page, 'English');
  await context.close();
}

/// Two persons: terms are narrowed on their page, a delivery waits, and whoever gave it cannot say yes.
async function waitsForASecond(link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 } });
  const { context, page } = window;
  await page.goto(new URL('/arrangements', page.url()).href);
  await page.click('tbody a >> nth=0');
  await page.check('[name=two]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=If you narrow them so:');
  await inspectBoth(window, 'terms, shown before they are narrowed');
  await picture(page, 'terms-shown');
  await press(page, 'Narrow them');
  await inspectBoth(window, 'terms, narrowed');
  await page.goto(new URL('/reports/SVC-2026-0412/deliver', page.url()).href);
  await page.fill('#to', 'GBR.CAB');
  await press(page, 'Show what each will see');
  check(await page.isVisible('text=It waits for the yes of a second person first'), 'that it waits is said before');
  await press(page, 'Deliver it');
  check(await page.isVisible('text=This waits for a second person.'), 'it waits');
  await inspectBoth(window, 'what waits, said');
  await page.click('a:has-text("What waits")');
  await inspectBoth(window, 'what waits, for whoever gave it');
  await picture(page, 'pending');
  check(await page.isVisible('text=they gave it themselves'), 'nobody is two');
  await page.fill('#reason', 'Not today.');
  await press(page, 'Say no');
  check(await page.isVisible('text=Not today.'), 'a no stands there with its reason');
  await page.goto(new URL('/pending', page.url()).href);
  await inspectBoth(window, 'the list of what waited');
  await picture(page, 'pendings');
  await context.close();
}

const button = (page, name) => page.getByRole('button', { name, exact: true });

/// A task as somebody new does it: how many clicks and seconds it takes.
async function timed(name, link, steps) {
  const { context, page } = await entered(link, { viewport: { width: 1280, height: 900 } });
  let clicks = 0;
  const since = Date.now();
  const click = async (what) => {
    clicks += 1;
    await Promise.all([page.waitForLoadState('load'), (typeof what === 'string' ? page.locator(what) : what).first().click()]);
    await page.waitForLoadState('load');
  };
  await steps(page, click);
  console.log(`${name}: ${clicks} clicks, ${((Date.now() - since) / 1000).toFixed(1)} s`);
  await context.close();
}

/// What somebody new does, without a guide: how many clicks and seconds each task takes.
async function tasks(officer, holder, auditor) {
  await timed('find out why a minister may not know', holder, async (page, click) => {
    await click('main a[href^="/reports/SVC-2026-0412"]');
    await click('main a[href*="/audience"]');
    await page.fill('#people', 'CHL/foreign-minister');
    await click(button(page, 'Show'));
    await click('.matrix td.deny button');
    check((await page.locator('.ladder .first').count()) > 0, 'the first step that failed stands there');
  });
  await timed('release part of a report', officer, async (page, click) => {
    await click('main a[href^="/reports/SVC-2026-0412"]');
    await click('main a:has-text("Release")');
    await page.check('#portion-advice');
    await page.fill('#to', 'CHL/foreign-minister');
    await page.selectOption('#for', 'threat-warning');
    await click(button(page, 'Show what each will see'));
    await click(button(page, 'Release it'));
    check(page.url().includes('/reports/SVC-2026-0412'), `the release is made: ${page.url()}`);
  });
  await timed('prove one line', auditor, async (page, click) => {
    await click('.mast a:has-text("Ledger")');
    // The newest entries wait for the next signed head.
    await click('tbody tr:last-child a');
    check((await page.locator('.ladder .passed').count()) >= 3, 'the steps of the proof hold');
    await picture(page, 'proof');
  });
  await timed('answer a request', officer, async (page, click) => {
    await click('main a:has-text("Answer")');
    await click(button(page, 'Refuse everything'));
    // The answer itself is given by keyboard, elsewhere.
    check(await page.isVisible('button:has-text("Answer")'), 'one click more answers the request');
  });
}

/// A case is opened of what a text told, and contained. What is on hold goes nowhere afterwards: this comes last.
async function opensACase(officer) {
  await timed('open and contain a case', officer, async (page, click) => {
    await click('.mast a:has-text("Watch")');
    await page.fill('#pasted', 'It is said: The cell has tested two devices. Losses would be highest if the container stands on the lower vehicle deck.');
    await click(button(page, 'Look at it'));
    await click(button(page, 'Show what confirming does'));
    await click(button(page, 'Confirm'));
    await click('.mast a:has-text("Cases")');
    await page.check('[name=disclosures]');
    await page.fill('#title', 'Printed');
    await click(button(page, 'Show what opening does'));
    await click(button(page, 'Open the case'));
    await inspectBoth({ context: page.context(), page }, 'a case');
    await picture(page, 'case');
    await click(button(page, 'Put releases on hold'));
    await click(button(page, 'Do it'));
    check(page.url().includes('/incidents/'), `the case is contained: ${page.url()}`);
    check((await page.locator('button:has-text("Put releases on hold")').count()) === 0, 'what is on hold is not to do any more');
  });
}

/// The first paint of pages, compared with the same bytes as a file. `PAINT=1.5` holds them to that many times as long.
async function paints(link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 } });
  const { page } = window;
  const median = (all) => all.sort((one, other) => one - other)[Math.floor(all.length / 2)];
  const painted = async (page, address) => {
    const all = [];
    for (let n = 0; n < 9; n += 1) {
      await page.goto(address);
      all.push(await page.evaluate(() => new Promise((told) => {
        const paint = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
        const wait = () => (paint() === undefined ? requestAnimationFrame(wait) : told(paint()));
        wait();
      })));
    }
    return median(all);
  };
  const files = new Map();
  const server = createServer((asked, answer) => {
    const [kind, bytes] = files.get(asked.url) ?? ['text/plain', ''];
    answer.writeHead(200, { 'content-type': kind, 'cache-control': kind.startsWith('text/html') ? 'no-store' : 'max-age=600' });
    answer.end(bytes);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const plain = await browser.newPage();
  for (const path of ['/', '/reports', '/reports/SVC-2026-0412', '/reports/SVC-2026-0412/audience?people=CHL/foreign-minister', '/requests', '/watch']) {
    const address = new URL(path, page.url()).href;
    const html = await (await page.goto(address)).text();
    files.set('/page', ['text/html; charset=utf-8', html]);
    for (const [, sheet] of html.matchAll(/href="(\/static\/[^"]+)"/g)) {
      // By the browser: it alone knows where names under `localhost` are.
      const got = await page.goto(new URL(sheet, address).href);
      files.set(sheet, [got.headers()['content-type'], await got.body()]);
    }
    const [still, served] = [await painted(plain, `${origin}/page`), await painted(page, address)];
    const ratio = served / still;
    console.log(`first paint of ${path}: ${served.toFixed(0)} ms, as a file ${still.toFixed(0)} ms, ${ratio.toFixed(2)} times`);
    // A machine that is busy paints late; an unoptimised node answers late.
    if (process.env.PAINT) check(ratio <= Number(process.env.PAINT), `${path}: its first paint takes ${ratio.toFixed(2)} times as long as a file's`);
  }
  await plain.close();
  server.close();
  await window.context.close();
}

/// A mark is completed while it is typed, and put before its paragraph; a draft is kept for its author, and dropped.
async function drafts(link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 } });
  const { context, page } = window;
  await page.goto(new URL('/write', page.url()).href);
  await page.fill('#text', DRAFT.replace('SVC-2026-0431', 'SVC-2026-0432'));
  await page.waitForSelector('text=One fault stops it');
  await page.locator('#mark').pressSequentially('(S//OC');
  await page.waitForFunction(() => document.querySelectorAll('#marks option').length > 0
    && [...document.querySelectorAll('#marks option')].every((one) => one.value.startsWith('(S//OC')));
  await page.fill('#mark', '(S//OC/REL TO USA, GBR)');
  await page.selectOption('#paragraph', { index: 1 });
  await press(page, 'Mark it');
  await page.waitForSelector('text=2 portions, nothing wrong');
  check((await page.locator('#facts').count()) > 0, 'facts and their slots stand beside the text');
  await inspectBoth(window, 'a draft with facts beside it');
  await picture(page, 'write');
  await press(page, 'Keep draft');
  check(page.url().includes('/write?draft='), `a draft is kept: ${page.url()}`);
  check((await page.inputValue('#text')).includes('SVC-2026-0432'), 'its text stands there again');
  await inspectBoth(window, 'a draft that is kept');
  await press(page, 'Drop draft');
  check(!(await page.inputValue('#text')).includes('SVC-2026-0432'), 'a draft is dropped');
  await context.close();
}

/// Keys go, step and search, and are not read while somebody types; a page that looks again shows what is new, and leaves what is
/// being read in its place.
async function keysAndLooking(officer) {
  const window = await entered(officer, { viewport: { width: 1280, height: 500 } });
  const { context, page } = window;
  const troubles = [];
  page.on('console', (said) => said.type() === 'error' && troubles.push(said.text()));
  page.on('pageerror', (error) => troubles.push(error.message));
  const focus = () => page.evaluate(() => document.activeElement.closest('li, tr, form')?.textContent ?? '');
  await page.keyboard.press('j');
  const first = await focus();
  await page.keyboard.press('j');
  const second = await focus();
  check(first !== '' && second !== first, 'j goes to the next row');
  await page.keyboard.press('k');
  check((await focus()) === first, 'k goes back');
  await page.keyboard.press('/');
  check(await page.evaluate(() => document.activeElement.id === 'search'), '/ goes to the search');
  await page.keyboard.type('g?');
  check((await page.inputValue('#search')) === 'g?', 'what is typed into a field is text');
  await page.evaluate(() => document.activeElement.blur());
  await Promise.all([page.waitForURL(/keys$/), page.keyboard.press('?')]);
  await inspectBoth(window, 'the page of keys');
  await picture(page, 'keys');
  await page.clock.install();
  await page.keyboard.press('g');
  await Promise.all([page.waitForURL((url) => url.pathname === '/'), page.keyboard.press('d')]);
  await page.keyboard.press('j');
  const [was, place] = [await focus(), () => page.evaluate(() => document.activeElement.getBoundingClientRect().top)];
  const before = await place();
  const other = await entered(officer, { viewport: { width: 1280, height: 900 } });
  await other.page.goto(new URL('/write', other.page.url()).href);
  await other.page.fill('#text', DRAFT.replace('SVC-2026-0431', 'SVC-2026-0433').replace('\nThe booking', '\n(S//OC/REL TO USA, GBR) The booking'));
  await other.page.waitForSelector('text=2 portions, nothing wrong');
  await press(other.page, 'Add report');
  await other.context.close();
  check(!(await page.isVisible('text=SVC-2026-0433')), 'nobody was told yet');
  await page.clock.fastForward(61_000);
  await page.waitForSelector('text=SVC-2026-0433');
  check((await focus()) === was && Math.abs((await place()) - before) < 2, 'what has the focus keeps it, in its place');
  await inspect(window, 'a page that looked again');
  check(troubles.length === 0, `keys and looking: ${troubles.join('; ')}`);
  await context.close();
}

/// A matrix of fifty persons scrolls in its own box, and who and what a cell is about stays in sight; also at 320 pixels.
async function largeMatrix(link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 } });
  const { context, page } = window;
  const people = Array.from({ length: 50 }, (_, n) => `CHL/member-of-the-committee-${n + 1}`).join('+');
  await look('a matrix of fifty persons', window, `/reports/SVC-2026-0412/audience?purpose=threat-warning&people=${people}`, false);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 700 });
    await page.locator('.matrix td button').nth(149).focus();
    const seen = await page.evaluate(() => {
      const box = document.querySelector('.tall').getBoundingClientRect();
      const cell = document.activeElement.getBoundingClientRect();
      const row = document.activeElement.closest('tr').querySelector('th').getBoundingClientRect();
      const head = document.querySelector('.matrix thead th:last-child').getBoundingClientRect();
      return { scrolled: document.querySelector('.tall').scrollLeft > 0, row: Math.abs(row.left - box.left) < 2, cell: cell.left >= row.right - 1, head: head.top >= box.top - 1 };
    });
    check(Object.values(seen).every(Boolean), `a large matrix at ${width} px: ${JSON.stringify(seen)}`);
    await inspect(window, `a matrix of fifty persons at ${width} px`);
    await picture(page, `matrix-${width}`);
  }
  await Promise.all([page.waitForURL(/cell=/), page.keyboard.press('Enter')]);
  check((await page.locator('.ladder .first').count()) > 0, 'a cell leads to its ladder by keyboard');
  await context.close();
}

// `TASKS=yes` is for whoever only wants the timed tasks and the first paints.
for (const [who, link] of process.env.TASKS ? [] : people) {
  const pages = await everyPage(who, link);
  console.log(`${who}: ${pages} pages`);
}
try {
  const [, officer] = people.find(([who]) => who === 'USA.SVC/hale');
  const [, theirs] = people.find(([who]) => who === 'GBR.CAB/disclosure-officer');
  const [, recorder] = people.find(([who]) => who === RECORDER);
  if (!process.env.TASKS) {
    await briefs(theirs);
    await watches(officer);
    await writes(officer, false);
    await writes(officer, true);
    await drafts(officer);
    await files(officer);
    await gives(officer);
    await speaksGerman('USA.SVC/hale', officer);
    await speaksGerman(RECORDER, recorder);
  }
  await tasks(officer, theirs, recorder);
  await paints(officer);
  await keysAndLooking(officer);
  await largeMatrix(theirs);
  await answersByKeyboard(officer);
  await waitsForASecond(officer);
  await opensACase(officer);
} catch (error) {
  check(false, `${error.stack}`);
}
await ended();
