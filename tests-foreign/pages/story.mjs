// One matter from its first sentence to its proof, at three nodes whose messages travel by themselves, by persons who have keys and
// no mouse: a report is written and given, a partner asks to tell a minister of a third party, the originator answers portion by
// portion, the partner gives on what it may and briefs its own; one tells too much; the text is found in print, a case is opened, and
// whoever keeps the record proves a line. Every page on the way is looked at: its width, axe where scripts may run, and print.
//
// node story.mjs LINKS scripts|none: with scripts in a wide window; without, at 320 pixels and in the dark.
import { readFileSync } from 'node:fs';
import { check, ended, entered, fits, inspect, picture, prints, said, says } from './browser.mjs';

const people = new Map(readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => line.split(' ')));
const scripts = process.argv[3] === 'scripts';
const options = scripts
  ? { viewport: { width: 1280, height: 900 } }
  : { viewport: { width: 320, height: 800 }, colorScheme: 'dark', javaScriptEnabled: false };
/// How long a message may take from one node to another, in tries of a second.
const PATIENCE = 40;

const TEXT = `---
id: SVC-2026-0500
title: (TLP:GREEN) Containers at the quay
scheme: tlp
---

(TLP:AMBER+STRICT) The second container stands at the eastern quay of Vellmar since Tuesday. {#quay}

(TLP:AMBER+STRICT) Customs seals of the line Harrow are copied in a workshop. {#seals}

(TLP:GREEN) Operators should check the seals of refrigerated containers. {#check}
`;

const PRINTED = 'HARBOUR POST. The ministry confirms: the second container stands at the eastern quay of Vellmar since Tuesday.';

/// Somebody at their node, with nothing but keys.
class Person {
  static async at(who) {
    const person = new Person();
    Object.assign(person, { who, ...(await entered(people.get(who), options)) });
    return person;
  }

  /// Goes to what is looked for by Tab, from wherever the focus is.
  async reach(found, what) {
    const target = found.first();
    await target.waitFor({ state: 'attached', timeout: 5000 }).catch(() => {
      throw new Error(`${this.who}: ${this.page.url()} has no ${what}`);
    });
    for (let n = 0; n < 250; n += 1) {
      if (await target.evaluate((one) => one === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`${this.who}: ${this.page.url()}: no way by keyboard to ${what}`);
  }

  /// Presses Enter on a link or button, and looks at the page that comes of it.
  async enter(found, what) {
    await this.reach(found, what);
    await Promise.all([this.page.waitForEvent('load'), this.page.keyboard.press('Enter')]);
    await this.look(what);
  }

  follow(name) {
    return this.enter(this.page.getByRole('link', { name }), `the link ${name}`);
  }

  press(name) {
    return this.enter(this.page.getByRole('button', { name, exact: true }), `the button ${name}`);
  }

  /// Presses Enter in the field that has the focus.
  async send(what) {
    await Promise.all([this.page.waitForEvent('load'), this.page.keyboard.press('Enter')]);
    await this.look(what);
  }

  async type(selector, text) {
    await this.reach(this.page.locator(selector), selector);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(text);
  }

  async tick(selector) {
    await this.reach(this.page.locator(selector), selector);
    await this.page.keyboard.press('Space');
  }

  /// Chooses in a list, or one of some buttons of which one holds, with arrows.
  async choose(selector, value) {
    const found = this.page.locator(selector);
    const radio = (await found.first().getAttribute('type')) === 'radio';
    // Tab stops at the one of them that holds.
    await this.reach(radio ? this.page.locator(`${selector}:checked`) : found, selector);
    const now = () => this.page.evaluate(() => document.activeElement.value);
    if (!radio) await this.page.keyboard.press('Home');
    for (let n = 0; n < 20 && (await now()) !== value; n += 1) await this.page.keyboard.press('ArrowDown');
    check((await now()) === value, `${this.who}: arrows choose ${value} in ${selector}`);
  }

  async says(words) {
    const text = await said(this.page);
    check(text.includes(words), `${this.who}: ${this.page.url()} says “${words}”: ${text.slice(0, 2000)}`);
  }

  async never(words) {
    const said = await this.page.content();
    check(!said.includes(words), `${this.who}: ${this.page.url()} says “${words}”`);
  }

  /// Looks again until a page shows what is on its way.
  async await(path, words) {
    for (let n = 0; n < PATIENCE; n += 1) {
      await this.page.goto(new URL(path, this.page.url()).href);
      if (await says(this.page, words)) return this.look(path);
      await new Promise((again) => setTimeout(again, 1000));
    }
    throw new Error(`${this.who}: ${path} does not come to say “${words}”: ${await said(this.page)}`);
  }

  async look(what) {
    const { page } = this;
    // axe is a script itself.
    if (scripts) await inspect(this, `${this.who}, ${what}`);
    else await fits(page, `${this.who}, ${what}`);
    await prints(page, `${this.who}, ${what}`);
    this.pages = (this.pages ?? 0) + 1;
    await picture(page, `story-${scripts ? 'wide' : 'narrow'}-${this.who.replace('/', '-')}-${this.pages}`);
  }
}

async function story() {
  const hale = await Person.at('USA.SVC/hale');
  await hale.follow('Write');
  await hale.type('#text', TEXT);
  if (scripts) await hale.page.waitForSelector('text=3 portions, nothing wrong');
  else await hale.press('Check');
  await hale.press('Add report');
  await hale.says('The second container stands');
  await hale.follow('Deliver');
  await hale.type('#to', 'GBR.CAB');
  await hale.press('Show what each will see');
  await hale.says('GBR.CAB gets a copy with quay, seals, check');
  await hale.press('Deliver it');
  await hale.says('version 1 went to GBR.CAB');

  const officer = await Person.at('GBR.CAB/disclosure-officer');
  await officer.await('/reports', 'SVC-2026-0500');
  await officer.follow('SVC-2026-0500');
  await officer.says('Customs seals of the line Harrow');
  await officer.follow('Who may be told?');
  await officer.type('#people', 'CHL/foreign-minister');
  await officer.press('Show');
  await officer.says('may be told nothing of this');
  await officer.enter(officer.page.locator('.matrix td button'), 'the first cell');
  await officer.says('originator');
  await officer.type('#reason', 'Their port is next.');
  await officer.press('Ask every originator');

  await hale.await('/', 'be told 3 portions of SVC-2026-0500');
  await hale.enter(hale.page.locator('main :has-text("SVC-2026-0500") > * a:has-text("Answer")').last(), 'the request');
  await hale.says('“Their port is next.”');
  await hale.choose('[name=answer-check]', 'grant');
  await hale.choose('[name=answer-quay]', 'refuse');
  await hale.choose('[name=answer-seals]', 'substitute');
  await hale.reach(hale.page.locator('summary:has-text("seals")'), 'the other text');
  await hale.page.keyboard.press('Enter');
  await hale.type('#mark-seals', '(TLP:GREEN)');
  await hale.type('#instead-seals', 'Seals of one line are copied.');
  await hale.type('#reason', 'It would show who the source is.');
  await hale.send('the answer, shown');
  await hale.says('If you answer so:');
  await hale.enter(hale.page.locator('button[name=shown]'), 'the answer');
  await hale.says('refused');

  await officer.await('/reports/SVC-2026-0500', 'consent con-');
  await officer.says('Seals of one line are copied.');
  await officer.follow('Deliver');
  await officer.type('#to', 'CHL');
  await officer.press('Show what each will see');
  await officer.says('CHL gets a copy with check (TLP:GREEN)');
  await officer.press('Deliver it');

  const visitor = await Person.at('CHL/foreign-minister');
  await visitor.await('/', 'SVC-2026-0500');
  await visitor.follow('SVC-2026-0500');
  await visitor.says('Operators should check the seals');
  for (const word of ['Vellmar', 'Harrow', 'quay', 'Containers at']) await visitor.never(word);

  await officer.follow('Briefings');
  await officer.tick('input[value="SVC-2026-0500"]');
  await officer.type('#people', 'CHL/foreign-minister');
  await officer.press('Prepare');
  await officer.says('You can say 2 things to one person.');
  const briefing = officer.page.url();
  await officer.follow('Paper for the table');
  await officer.never('Vellmar');
  await officer.page.goto(briefing);
  await officer.tick('input[value="SVC-2026-0500/check"]');
  await officer.tick('input[value="SVC-2026-0500/quay"]');
  await officer.press('Record what was said');
  await officer.says('quay ✕ not permitted');

  await officer.follow('open a case');
  await officer.tick('[name=disclosures]');
  await officer.type('#title', 'At the quay');
  await officer.press('Show what opening does');
  await officer.says('Nobody outside is told before you tell them.');
  await officer.press('Open the case');
  await officer.press('Put releases on hold');
  await officer.press('Do it');
  await officer.press('Tell those concerned');
  await officer.press('Do it');
  await officer.says('put releases on hold, recall, hold statements');

  await hale.await('/incidents', 'SVC-2026-0500 v1 quay');
  await hale.type('[name=statement]', 'We look at our source.');
  await hale.press('Acknowledge');
  await hale.says('We look at our source.');
  await hale.follow('Watch');
  await hale.type('#pasted', PRINTED);
  await hale.press('Look at it');
  await hale.says('SVC-2026-0500/quay.1');
  await hale.tick('[name=fact]');
  await hale.press('Show what confirming does');
  await hale.press('Confirm');

  const recorder = await Person.at('USA.SVC/osei');
  await recorder.follow('Ledger');
  await recorder.says('under a signed head');
  await recorder.enter(recorder.page.locator('tbody tr:last-child a'), 'the first entry');
  check((await recorder.page.locator('.ladder .passed').count()) >= 3, 'the steps of the proof hold');
  await recorder.never('Vellmar');
}

try {
  await story();
} catch (error) {
  check(false, error.stack);
}
await ended();
