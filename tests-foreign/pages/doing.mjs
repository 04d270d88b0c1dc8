// What disclosure officers do on pages, each step shown before it is done.
import { readFileSync } from 'node:fs';
import { check, entered, inspect, inspectBoth, picture, press, says } from './browser.mjs';

export const DRAFT = `---
id: SVC-2026-0431
title: (U) Containers
scheme: us-ic
arrangements: [GBR-USA-2024]
---

(S//OC/REL TO USA, GBR) The container was booked. {#booking}

The booking was made by telephone. {#phone}
`;

/// Whoever gives text sees what each receiver will see, and what stays closed; Enter in a field decides nothing.
export async function gives(link) {
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
export async function files(link) {
  const window = await entered(link, { viewport: { width: 1280, height: 900 } });
  const { context, page } = window;
  await page.goto(new URL('/reports/SVC-2026-0412/export', page.url()).href);
  await page.fill('#to', 'GBR.CAB');
  await press(page, 'Show the file');
  check((await page.textContent('pre')).includes('bundle'), 'the file is shown before it is taken');
  await inspectBoth(window, 'an export, shown');
  const [taken] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Take the file' }).click()]);
  check(taken.suggestedFilename().startsWith('TOP_SECRET_'), `a file's name bears its mark: ${taken.suggestedFilename()}`);
  await page.goto(new URL('/reports/SVC-2026-0412/export', page.url()).href);
  await page.selectOption('#as', 'pdf');
  await press(page, 'Show the file');
  const [copy] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Take the file' }).click()]);
  const printed = readFileSync(await copy.path());
  check(copy.suggestedFilename().endsWith('.pdf') && printed.subarray(0, 5).toString() === '%PDF-', `a numbered copy: ${copy.suggestedFilename()}`);
  if (process.env.PICTURES) await copy.saveAs(`${process.env.PICTURES}/copy.pdf`);
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
export async function briefs(link) {
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
export async function watches(link) {
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

/// A report is written: with scripts its banner and faults follow the typing, without them a button does the same.
export async function writes(link, scripts) {
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

/// A mark is completed while it is typed, and put before its paragraph; a draft is kept for its author, and dropped.
export async function drafts(link) {
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

/// Two persons: terms are narrowed on their page, a delivery waits, and whoever gave it cannot say yes.
export async function waitsForASecond(link) {
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
