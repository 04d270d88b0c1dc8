// A real provider of identities (oidc-provider): everybody may be whoever they say, with the groups that stand here.
// Usage: provider.js PORT REDIRECT
import Provider from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const groups = { lane: ["entente-analysts", "others"], hale: ["entente-disclosure"], stranger: [] };
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "entente",
      client_secret: "a secret of the client that is long enough",
      redirect_uris: [redirect],
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  claims: { openid: ["sub", "groups"] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, groups: groups[id] ?? [] }) }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
