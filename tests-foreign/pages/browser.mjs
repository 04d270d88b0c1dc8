// What the checks of pages share: a browser, what passed, and how somebody looks at a page in it.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };

let passed = 0;
let failed = 0;

export function check(holds, what) {
  if (holds) {
    passed += 1;
  } else {
    failed += 1;
    console.log(`FAILED: ${what}`);
  }
}

export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });

/// Ends: says how many checks held, and ends with 1 when one did not.
export async function ended() {
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

/// Somebody whom a link signs in, in a window of their own; by keyboard.
export async function entered(link, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(link);
  await page.keyboard.press('Tab');
  while (!(await page.evaluate(() => document.activeElement.tagName === 'BUTTON'))) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname === '/');
  return { context, page };
}

async function findings(context, page) {
  // The pages' own policy forbids scripts, those of a test included.
  const session = await context.newCDPSession(page);
  await session.send('Page.setBypassCSP', { enabled: true });
  await page.evaluate(`${axe};0`);
  const found = await page.evaluate((rules) => axe.run(rules), rules);
  await session.send('Page.setBypassCSP', { enabled: false });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ').slice(0, 300)}`);
}

/// A page is no wider than its window.
export async function fits(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  check(!wide, `${what}: it is wider than its window`);
}

/// Printed, a page bears its banner at the head and foot of every sheet.
export async function prints(page, what) {
  await page.emulateMedia({ media: 'print' });
  const printed = await page.evaluate(() =>
    [...document.querySelectorAll('body > .banner')].map((banner) => getComputedStyle(banner).display).join(' '),
  );
  check(printed === 'table-header-group table-footer-group', `${what}: printed, banners are ${printed}`);
  await page.emulateMedia({ media: 'screen' });
}

/// What stands in the window, however it came about: no wider than the window, and nothing that axe finds.
export async function inspect({ context, page }, what) {
  await fits(page, what);
  const found = await findings(context, page);
  check(found.length === 0, `${what}: ${found.join('; ')}`);
}

/// The same at 320 pixels, in the dark, and back.
export async function inspectBoth(window, what) {
  await inspect(window, what);
  await window.page.setViewportSize({ width: 320, height: 800 });
  await window.page.emulateMedia({ colorScheme: 'dark' });
  await inspect(window, `${what} at 320 px, dark`);
  await window.page.emulateMedia({ colorScheme: 'light' });
  await window.page.setViewportSize({ width: 1280, height: 900 });
}

/// Keeps a picture of what stands in the window, where somebody wants to look at them: `PICTURES` names the folder.
export async function picture(page, name) {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, fullPage: true });
}

/// Presses Tab until what has the focus is what is looked for.
export async function tabTo(page, holds, what) {
  for (let n = 0; n < 80; n += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(holds)) return;
  }
  throw new Error(`no way by keyboard to ${what}`);
}

/// What a page says, the isolates around names left out: nobody sees them.
export async function said(page) {
  return (await page.innerText('main')).replace(/[\u2068\u2069]/g, '');
}

/// Whether a page says something.
export async function says(page, words) {
  return (await said(page)).includes(words);
}

/// Presses a button of the page and waits for the page that comes of it.
export async function press(page, name) {
  await Promise.all([page.waitForLoadState('load'), page.getByRole('button', { name, exact: true }).first().click()]);
  await page.waitForLoadState('load');
}
