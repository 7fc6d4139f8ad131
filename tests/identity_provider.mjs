// A real OpenID provider (oidc-provider, a certified one) for tests, on loopback, with a login page that asks for a name, a level and a
// method. What no honest provider does, a test asks for at /control: the answer to the next code is then changed on its way.
import { createServer } from 'node:http';
import { createSecretKey, randomUUID } from 'node:crypto';

import { decodeJwt, exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import Provider from 'oidc-provider';

const LEVELS = [1, 2, 3].map((level) => `https://www.spid.gov.it/SpidL${level}`);
// Without one a browser asks for a picture that is not there, and complains.
const ICON = '<link rel="icon" href="data:,">';
const FORM = (uid) => `<!doctype html><html lang="it">${ICON}<title>Accesso</title><h1>Accesso del Comune</h1>
<form method="post" action="/interaction/${uid}">
<label>Nome <input name="login" required></label>
<label>Livello <select name="acr"><option value="">-</option>${LEVELS.map((each) => `<option>${each}</option>`)}</select></label>
<label>Metodo <input name="amr"></label>
<button name="do" value="in">Entra</button></form>
<form method="post" action="/interaction/${uid}"><button name="do" value="cancel">Annulla</button></form>`;

// What a test has asked for; the keys that sign now.
const asked = { redirect_uris: [], post_logout_redirect_uris: [], tamper: '', silent: false, sub: '', signsOut: true };
let keys = [];
let provider;
let issuer;

async function newKeys() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomUUID();
  keys = [{ kid, publicKey, privateKey, jwk: { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' } }];
}

function make() {
  const made = new Provider(issuer, {
    clients: [{
      client_id: 'vicino',
      client_secret: 'a secret with : and & in it',
      redirect_uris: asked.redirect_uris,
      post_logout_redirect_uris: asked.post_logout_redirect_uris,
    }],
    acrValues: LEVELS,
    claims: { openid: ['sub', 'acr', 'amr'], profile: ['name'], spid: ['fiscalNumber'] },
    scopes: ['openid', 'profile', 'spid'],
    jwks: { keys: keys.map((each) => each.jwk) },
    cookies: { keys: ['for tests'] },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: asked.signsOut,
        logoutSource: (ctx, form) => {
          ctx.body = `<!doctype html><html lang="it">${ICON}<title>Uscita</title>${form}
            <button form="op.logoutForm" name="logout" value="yes">Esci</button>`;
        },
      },
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `Nome di ${id}`, fiscalNumber: `TINIT-${id.toUpperCase()}` }),
    }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile spid');
      grant.addOIDCClaims(['acr', 'amr']);
      await grant.save();
      return grant;
    },
    renderError: (ctx, out) => { ctx.body = JSON.stringify(out); },
  });
  made.on('server_error', (_, error) => console.error(error));
  provider = made.callback();
  provider.own = made;
}

async function tampered(token) {
  const claims = decodeJwt(token);
  const { kid, privateKey, publicKey } = keys[0];
  const now = Math.floor(Date.now() / 1000);
  const signed = (changed, key = privateKey, header = { alg: 'RS256', kid }) =>
    new SignJWT({ ...claims, ...changed }).setProtectedHeader(header).sign(key);
  switch (asked.tamper) {
    case 'nonce': return signed({ nonce: 'of another sign-in' });
    case 'issuer': return signed({ iss: 'https://other.example' });
    case 'audience': return signed({ aud: 'another' });
    case 'party': return signed({ aud: ['vicino', 'another'], azp: 'another' });
    case 'expired': return signed({ iat: now - 400, exp: now - 100 });
    case 'future': return signed({ iat: now + 400, exp: now + 800 });
    case 'none': return new UnsecuredJWT(claims).encode();
    case 'key': return signed({}, (await generateKeyPair('RS256')).privateKey);
    case 'shared': {
      const secret = createSecretKey(Buffer.from(await exportSPKI(publicKey)));
      return signed({}, secret, { alg: 'HS256', kid });
    }
    case 'rubbish': return 'no.token.at-all';
    default: return token;
  }
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function control(request, response) {
  const { rotate, ...of } = JSON.parse(await body(request));
  Object.assign(asked, of);
  if (rotate) await newKeys();
  // Codes that were given are known to the one that gave them: it is made anew only where it has to be.
  if (rotate || of.redirect_uris) make();
  response.end();
}

async function interact(request, response) {
  const uid = request.url.split('/')[2];
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(FORM(uid));
    return;
  }
  const form = new URLSearchParams(await body(request));
  const result = form.get('do') === 'cancel'
    ? { error: 'access_denied', error_description: 'cancelled' }
    : {
      login: {
        accountId: form.get('login'),
        remember: false,
        ...(form.get('acr') && { acr: form.get('acr') }),
        ...(form.get('amr') && { amr: [form.get('amr')] }),
      },
    };
  await provider.own.interactionFinished(request, response, result);
}

async function answerToCode(request, response) {
  const end = response.end.bind(response);
  response.end = (written) => {
    (async () => {
      let said = written;
      if (asked.tamper && response.statusCode === 200) {
        const answer = JSON.parse(written.toString());
        said = asked.tamper === 'answer' ? '<html>' : JSON.stringify({ ...answer, id_token: await tampered(answer.id_token) });
        response.setHeader('Content-Length', Buffer.byteLength(said));
      }
      end(said);
    })();
    return response;
  };
  await provider(request, response);
}

const server = createServer(async (request, response) => {
  if (asked.silent && request.url !== '/control') return; // it takes what is asked, and says nothing
  if (request.url === '/control') await control(request, response);
  else if (request.url.startsWith('/interaction/')) await interact(request, response);
  else if (request.url === '/token') await answerToCode(request, response);
  else await provider(request, response);
});
server.listen(0, '127.0.0.1', async () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  await newKeys();
  make();
  console.log(issuer);
});
// Whoever has started it is gone.
process.stdin.on('end', () => process.exit(0)).resume();
