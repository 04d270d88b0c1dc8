// How long things take: five tasks as somebody new does them, and the first paint of pages beside the same bytes as files.
import { createServer } from 'node:http';
import { browser, check, entered, inspectBoth, picture } from './browser.mjs';

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
export async function tasks(officer, holder, auditor) {
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
export async function opensACase(officer) {
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
export async function paints(link) {
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
