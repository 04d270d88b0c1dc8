// A first start in a real browser: looked at with axe at both widths, the party made, and the first administrator's account with
// the passkey of a virtual authenticator, which then signs in.
//
// node founding.mjs LINK, the link that `entente serve` printed on a folder without a party.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const link = process.argv[2];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
const troubles = [];
page.on('console', (said) => said.type() === 'error' && troubles.push(said.text()));
page.on('pageerror', (error) => troubles.push(error.message));
const session = await context.newCDPSession(page);
await session.send('WebAuthn.enable');
await session.send('WebAuthn.addVirtualAuthenticator', {
  options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true },
});

function must(holds, what) {
  if (!holds) throw new Error(what);
}

async function inspect(what) {
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: width === 320 ? 'dark' : 'light' });
    await session.send('Page.setBypassCSP', { enabled: true });
    await page.evaluate(`${axe};0`);
    const found = await page.evaluate(() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    await session.send('Page.setBypassCSP', { enabled: false });
    must(found.violations.length === 0, `${what}: ${found.violations.map((one) => `${one.id} ${one.nodes[0].html}`).join('; ')}`);
    must(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${what}: wider than its window`);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/first-${what}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function press(name) {
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name, exact: true }).click()]);
}

try {
  await page.goto(link);
  await inspect('party');
  await page.fill('#party', 'USA.SVC');
  await press('Set up the party');
  await inspect('account');
  await page.fill('#as', 'osei');
  await press('Make the account with a passkey');
  await page.waitForSelector('text=You sign in with your passkey');
  must(await page.isVisible('.secret'), 'a recovery code is shown');
  await inspect('made');
  await page.click('main a:has-text("Sign in")');
  await page.getByRole('button', { name: /passkey/ }).click();
  await page.waitForURL((url) => url.pathname === '/');
  must((await page.textContent('.who')).includes('USA.SVC/osei'), 'the passkey signs in');
  await inspect('desk');
  await page.goto(new URL('/partners', page.url()).href);
  await inspect('partners');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Write the invitation' }).click()]);
  must(file.suggestedFilename() === 'USA.SVC.invitation', `an invitation is written: ${file.suggestedFilename()}`);
  must(troubles.length === 0, `the browser complains: ${troubles.join('; ')}`);
  console.log('a first start: passed');
} catch (error) {
  console.log(`FAILED: a first start: ${error.message}`);
  process.exitCode = 1;
}
await browser.close();
