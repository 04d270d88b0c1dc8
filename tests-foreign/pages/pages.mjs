// The pages of a served demonstration in a real browser: every page that each person reaches by links is free of findings of
// axe and html-validate, fits 320 pixels in the dark, and prints its banner on every sheet; one person then answers a request
// with the keyboard alone and without scripts.
//
// node pages.mjs LINKS, a file with a line `PERSON URL` for each person. Ends with 1 when a check failed.
import { readFileSync } from 'node:fs';
import { HtmlValidate } from 'html-validate';
import { check, ended, entered, inspect, inspectBoth, picture, press, prints, says, tabTo } from './browser.mjs';
import { DRAFT, briefs, drafts, files, gives, waitsForASecond, watches, writes } from './doing.mjs';
import { opensACase, paints, tasks } from './timing.mjs';

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
  await prints(page, what);
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
