// Somebody makes a passkey in a real browser, signs in with it, and removes it; one that is another origin's, was removed, or does
// not ask for its owner signs nobody in. Usage: passkeys.js LINK ORIGIN, with a link that signs somebody in once.
import { chromium } from "playwright-core";

const [link, origin] = process.argv.slice(2);
let passed = 0;
function check(holds, what, seen = "") {
  if (!holds) {
    console.log(`FAILED: ${what}: ${seen}`);
    process.exit(1);
  }
  passed += 1;
}

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
const context = await browser.newContext();
const page = await context.newPage();
const problems = [];
page.on("console", (said) => said.type() === "error" && problems.push(said.text()));
page.on("pageerror", (error) => problems.push(String(error)));
const cdp = await context.newCDPSession(page);
await cdp.send("WebAuthn.enable");
const made = await cdp.send("WebAuthn.addVirtualAuthenticator", {
  options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
});
const { authenticatorId } = made;

await page.goto(link);
await page.locator("form button").last().click();
await page.waitForURL(`${origin}/`);

// Made.
await page.goto(`${origin}/passkeys`);
check(await page.getByText("You have no passkey here").isVisible(), "nobody has one to begin with");
await page.getByLabel("What you call it").fill("laptop <b>");
await page.getByRole("button", { name: "Make a passkey" }).click();
await page.getByText("You have one passkey here").waitFor();
check(await page.getByRole("rowheader", { name: "laptop <b>" }).isVisible(), "it has the name that was typed, as text");
const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
check(credentials.length === 1 && credentials[0].isResidentCredential, "it is kept where it signs in without a name", JSON.stringify(credentials));
check(credentials[0].rpId === new URL(origin).hostname, "it is for this name");
check(!atob(credentials[0].userHandle).includes("lane"), "its handle says nothing of whose it is");

// The same device again is refused by the device itself.
await page.getByRole("button", { name: "Make a passkey" }).click();
await page.locator("[data-said]").filter({ hasText: /./ }).waitFor();

// Used.
const signedOut = async () => {
  await page.goto(`${origin}/`);
  if (new URL(page.url()).pathname !== "/sign-in") await page.getByRole("button", { name: "sign out" }).click();
  await page.waitForURL(/sign-in/);
};
await signedOut();
await page.goto(`${origin}/sign-in?to=%2Faccess`);
await page.getByRole("button", { name: "Sign in with a passkey" }).click();
await page.waitForURL(`${origin}/access`);
check((await page.locator("main").innerText()).includes("a passkey"), "the session says that it was begun with a passkey");
await page.goto(`${origin}/passkeys`);
check((await page.locator("main").innerText()).includes("last used"), "when it was used is shown");

// Not used: without its owner.
await signedOut();
const refused = async (what) => {
  await page.goto(`${origin}/sign-in`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.locator("[data-said]").filter({ hasText: /./ }).waitFor();
  check(new URL(page.url()).pathname === "/sign-in", what, page.url());
};
await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
await refused("a device that does not know its owner signs nobody in");
await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });

// An answer counts once, and only with its own question.
await page.goto(`${origin}/sign-in`);
const statuses = await page.evaluate(async () => {
  const post = (address, fields) => fetch(address, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
  const begin = async () => (await post("/sign-in/passkey/begin", {})).json();
  const answer = async ({ options }) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey);
    return JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
  };
  const [one, other] = [await begin(), await begin()];
  const given = await answer(one);
  const crossed = (await post("/sign-in/passkey", { key: other.key, answer: given })).status;
  const broken = JSON.parse(given);
  broken.response.signature = broken.response.signature.replace(/^./, (c) => (c === "A" ? "B" : "A"));
  const fresh = await begin();
  const forged = (await post("/sign-in/passkey", { key: fresh.key, answer: JSON.stringify(broken) })).status;
  const last = await begin();
  const right = await answer(last);
  const first = (await post("/sign-in/passkey", { key: last.key, answer: right })).type;
  const again = (await post("/sign-in/passkey", { key: last.key, answer: right })).status;
  return { crossed, forged, first, again };
});
check(statuses.crossed === 403, "the answer to another question signs nobody in", JSON.stringify(statuses));
check(statuses.forged === 403, "a changed signature signs nobody in", JSON.stringify(statuses));
check(statuses.first === "opaqueredirect", "the right answer does", JSON.stringify(statuses));
check(statuses.again === 403, "and once", JSON.stringify(statuses));

// Removed: out at once.
await page.goto(`${origin}/passkeys`);
await page.getByRole("button", { name: /^Remove/ }).click();
await page.getByText("You have no passkey here").waitFor();
await signedOut();
await refused("a removed passkey signs nobody in");
check(problems.filter((said) => !/4(03|09)/.test(said)).length === 0, "the pages' own policy is kept to", problems.join("; "));
await browser.close();
console.log(`${passed} passed, 0 failed`);
