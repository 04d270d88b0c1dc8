// Pictures of the demonstration's pages beside those that were looked at and kept (`pictures/`): a page that looks otherwise than it did
// is found, whatever it says.
//
// node pictures.mjs LINKS FOLDER. `KEEP=yes` keeps what is there now; `PICTURES` names a folder for those that differ. Ends with 1 when one
// does. Fonts are the ones that are named here, times and what is drawn by lot are the same each time, and half the size is compared: what is
// left is how a page is laid out and coloured.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { browser, check, ended, entered } from './browser.mjs';

const people = Object.fromEntries(readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => line.split(' ')));
const folder = process.argv[3];
/// Whose page, where, and what the picture is called. One in the dark and one at 320 pixels stand for all.
const PAGES = [
  ['USA.SVC/hale', '/', 'desk'],
  ['USA.SVC/hale', '/', 'desk-dark', { colorScheme: 'dark' }],
  ['USA.SVC/hale', '/', 'desk-narrow', { viewport: { width: 320, height: 800 } }],
  ['USA.SVC/hale', '/reports', 'reports'],
  ['USA.SVC/hale', '/reports/SVC-2026-0412', 'report'],
  ['USA.SVC/hale', '/reports/SVC-2026-0412', 'report-dark', { colorScheme: 'dark' }],
  ['USA.SVC/hale', '/reports/SVC-2026-0412', 'report-narrow', { viewport: { width: 320, height: 800 } }],
  ['USA.SVC/hale', '/reports/SVC-2026-0412/release', 'release'],
  ['USA.SVC/hale', '/requests', 'requests'],
  ['USA.SVC/hale', '/write', 'write'],
  ['USA.SVC/hale', '/arrangements', 'arrangements'],
  ['USA.SVC/hale', '/incidents', 'cases'],
  ['USA.SVC/hale', '/watch', 'watch'],
  ['USA.SVC/hale', '/search?q=svc', 'search'],
  ['USA.SVC/hale', '/nowhere', 'nothing-there'],
  ['GBR.CAB/disclosure-officer', '/', 'desk-of-a-holder'],
  ['GBR.CAB/disclosure-officer', '/reports/SVC-2026-0412/audience?purpose=threat-warning&people=CHL/foreign-minister+CHL/attache', 'audience'],
  ['GBR.CAB/disclosure-officer', '/briefings', 'briefings'],
  ['USA.SVC/hale', '/partners', 'partners'],
  ['USA.SVC/osei', '/people', 'people'],
  ['CHL/foreign-minister', '/', 'desk-of-a-reader'],
];
/// How much darker or lighter a point may be, and how many of a thousand points may be more than that.
const SHADE = 24;
const MANY = 1;
/// As much of a page as is looked at.
const TALLEST = 1800;

/// Nothing that differs from one demonstration to the next is in the picture.
const stilled = () => {
  const root = document.documentElement;
  for (const [name, font] of [['--sans', 'Liberation Sans'], ['--serif', 'Liberation Serif'], ['--mono', 'Liberation Mono']]) {
    root.style.setProperty(name, `"${font}"`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    text.data = text.data
      .replace(/\b\d{1,2} [A-Z][a-z]+ \d{4}(,? \d\d:\d\d)?/g, '1 May 2026')
      .replace(/\b([a-z]+)-[0-9a-f]{8}\b/g, '$1-00000000')
      .replace(/\b[0-9A-Fa-f]{4}( [0-9A-Fa-f]{4}){3,}|\b[0-9a-f]{16,}/g, '0000');
  }
};

/// A picture at half its size.
const halved = async (bytes) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${bytes}`)).blob());
  const [wide, high] = [Math.ceil(image.width / 2), Math.ceil(image.height / 2)];
  const pen = new OffscreenCanvas(wide, high);
  const drawn = await createImageBitmap(image, { resizeWidth: wide, resizeHeight: high, resizeQuality: 'medium' });
  pen.getContext('2d').drawImage(drawn, 0, 0);
  const half = new Uint8Array(await (await pen.convertToBlob()).arrayBuffer());
  return btoa(half.reduce((text, byte) => text + String.fromCharCode(byte), ''));
};

/// How many of a thousand points of two pictures differ. Another size is a difference in all.
const compared = async ([one, other, shade]) => {
  const points = async (bytes) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${bytes}`)).blob());
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height);
  };
  const [now, then] = [await points(one), await points(other)];
  if (now.width !== then.width || Math.abs(now.height - then.height) > 2) return 1000;
  const bytes = Math.min(now.data.length, then.data.length);
  let differ = 0;
  for (let at = 0; at < bytes; at += 4) {
    differ += [0, 1, 2].some((part) => Math.abs(now.data[at + part] - then.data[at + part]) > shade);
  }
  return (4000 * differ) / bytes;
};

const windows = {};
mkdirSync(folder, { recursive: true });
const table = await (await browser.newContext()).newPage();
for (const [who, path, name, options = {}] of PAGES) {
  const kind = `${who} ${JSON.stringify(options)}`;
  windows[kind] ??= await entered(people[who], { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options });
  const { page } = windows[kind];
  await page.goto(new URL(path, page.url()).href);
  await page.evaluate(stilled);
  const { width } = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(TALLEST, height) });
  const whole = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  await page.setViewportSize({ width, height: 800 });
  const bytes = Buffer.from(await table.evaluate(halved, whole.toString('base64')), 'base64');
  const file = `${folder}/${name}.png`;
  if (process.env.KEEP) {
    writeFileSync(file, bytes);
    continue;
  }
  if (!existsSync(file)) {
    check(false, `${name}: no picture is kept of it; look at it, and keep it with KEEP=yes`);
    continue;
  }
  const differs = await table.evaluate(compared, [bytes.toString('base64'), readFileSync(file).toString('base64'), SHADE]);
  check(differs <= MANY, `${name}: ${differs.toFixed(1)} of a thousand points differ from the picture that is kept`);
  if (differs > MANY && process.env.PICTURES) writeFileSync(`${process.env.PICTURES}/${name}.png`, bytes);
}
await ended();
