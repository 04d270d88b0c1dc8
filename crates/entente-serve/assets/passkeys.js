// Carries questions and answers between this node and whatever holds a passkey. Nothing of an answer becomes part of the page
// but as text.
"use strict";
(() => {
  const ask = async (address, fields) => {
    const sent = await fetch(address, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
    if (sent.type === "opaqueredirect") return { done: true };
    const said = await sent.json().catch(() => ({}));
    if (!sent.ok) throw new Error(said.problem || "The node did not answer.");
    return said;
  };
  const told = (form, said) => {
    const place = form.querySelector("[data-said]");
    place.textContent = said;
    place.parentElement.hidden = !said;
  };
  const tries = (form, work) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      told(form, "");
      try {
        await work(Object.fromEntries(new FormData(form)));
      } catch (problem) {
        told(form, problem.name === "NotAllowedError" ? "Nothing was done: the question was not answered." : problem.message);
      }
    });
  };
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON) return;
  for (const form of document.querySelectorAll("form[data-passkey=make]")) {
    tries(form, async (fields) => {
      const { key, options } = await ask("/passkeys/begin", fields);
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey);
      const made = await navigator.credentials.create({ publicKey });
      const done = await ask("/passkeys/finish", { ...fields, key, answer: JSON.stringify(made.toJSON()) });
      location.assign(done.to);
    });
  }
  for (const form of document.querySelectorAll("form[data-passkey=join]")) {
    tries(form, async (fields) => {
      const { key, options } = await ask(`${form.getAttribute("action")}/begin`, fields);
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey);
      const made = await navigator.credentials.create({ publicKey });
      form.elements.key.value = key;
      form.elements.answer.value = JSON.stringify(made.toJSON());
      // What comes of it is a page of its own.
      form.submit();
    });
  }
  for (const form of document.querySelectorAll("form[data-passkey=enter]")) {
    tries(form, async (fields) => {
      const { key, options } = await ask("/sign-in/passkey/begin", fields);
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey);
      const given = await navigator.credentials.get({ publicKey });
      await ask("/sign-in/passkey", { ...fields, key, answer: JSON.stringify(given.toJSON()) });
      location.assign(fields.to || "/");
    });
  }
})();
