// A first start in a real browser: looked at with axe at both widths, the party made, and the first administrator's account with
// the passkey of a virtual authenticator, which then signs in.
//
// node founding.mjs LINK, the link that `entente serve` printed on a folder without a party. Ends with 1 when a check failed.
import { browser, check, ended, inspectBoth, picture, press } from './browser.mjs';

const link = process.argv[2];
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

async function look(what) {
  await inspectBoth({ context, page }, `a first start: ${what}`);
  await picture(page, `first-${what}`);
}

try {
  await page.goto(link);
  await look('party');
  await page.fill('#party', 'USA.SVC');
  await press(page, 'Set up the party');
  await page.waitForSelector('#as');
  await look('account');
  await page.fill('#as', 'osei');
  await press(page, 'Make the account with a passkey');
  await page.waitForSelector('text=You sign in with your passkey');
  check(await page.isVisible('.secret'), 'a recovery code is shown');
  await look('made');
  await page.click('main a:has-text("Sign in")');
  await page.getByRole('button', { name: /passkey/ }).click();
  await page.waitForURL((url) => url.pathname === '/');
  check((await page.textContent('.who')).includes('USA.SVC/osei'), 'the passkey signs in');
  await look('desk');
  await page.goto(new URL('/partners', page.url()).href);
  await look('partners');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Write the invitation' }).click()]);
  check(file.suggestedFilename() === 'USA.SVC.invitation', `an invitation is written: ${file.suggestedFilename()}`);
  check(troubles.length === 0, `the browser complains: ${troubles.join('; ')}`);
} catch (error) {
  check(false, `a first start: ${error.message}`);
}
await ended();
