// SPDX-License-Identifier: Apache-2.0
//
// oidc-provider (certified OpenID Connect, written by others) where a tenant's login host would be: the same paths,
// scopes instead of `resource`, errors in the envelope that clients of that host read. What it decides is its own:
// secrets, assertions, device codes, PKCE, refresh tokens. Beside it a resource that lets in whom its tokens let in.
//
// Reads one line of JSON from standard input: {"tls": {"cert", "key"} (paths), "key": public JWK of the certificate's
// key, "device_ttl": seconds, "token_ttl": seconds}. Prints {"url": ...} once it listens, and ends with standard input.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import Provider from 'oidc-provider';

const lines = createInterface({ input: process.stdin });
const settings = JSON.parse(await new Promise((resolve) => lines.once('line', resolve)));
lines.on('close', () => process.exit(0));

const TENANT = '11111111-2222-4333-8444-555555555555';
const APPS = {
  secret: 'aaaaaaaa-0000-4000-8000-000000000001',
  certificate: 'aaaaaaaa-0000-4000-8000-000000000002',
  person: 'aaaaaaaa-0000-4000-8000-000000000003',
};
const ROLES = ['User.Read.All', 'MailboxSettings.Read', 'Mail.ReadBasic.All', 'full_access_as_app'];
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const V2 = `/${TENANT}/oauth2/v2.0`;

const server = createServer({ cert: readFileSync(settings.tls.cert), key: readFileSync(settings.tls.key) });
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `https://127.0.0.1:${server.address().port}`;

const signing = await generateKeyPair('RS256', { extractable: true });
const jwks = { keys: [{ ...await exportJWK(signing.privateKey), use: 'sig', alg: 'RS256', kid: 'tokens' }] };

// A scope is "RESOURCE/NAME"; whatever is asked before the last '/' is the resource.
const resourceOf = (scope) => (scope ?? '').split(' ').filter((s) => s.includes('://')).map((s) => s.slice(0, s.lastIndexOf('/')))[0];
const scopesOf = (resource) => ['.default', 'User.Read', 'User.ReadBasic.All', 'User.Read.All', 'Mail.ReadBasic', 'Mail.Read', 'Mail.Read.Shared',
  'MailboxSettings.Read', 'EWS.AccessAsUser.All', 'Organization.Read.All'].map((name) => `${resource}/${name}`).join(' ');

const plain = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };
const provider = new Provider(url, {
  jwks,
  clients: [
    { ...plain, client_id: APPS.secret, client_secret: 'p~q.r+s/t=u%v&w', token_endpoint_auth_method: 'client_secret_post' },
    ...(settings.key ? [{
      ...plain, client_id: APPS.certificate, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'PS256',
      jwks: { keys: [{ ...settings.key, use: 'sig', alg: 'PS256', kid: 'app' }] },
    }] : []),
    { client_id: APPS.person, application_type: 'native', token_endpoint_auth_method: 'none', response_types: ['code'],
      grant_types: [DEVICE, 'authorization_code', 'refresh_token'], redirect_uris: ['http://localhost/'] },
  ],
  scopes: ['openid', 'offline_access', 'profile'],
  enabledJWA: { clientAuthSigningAlgValues: ['PS256'] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: (_ctx, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
  routes: { token: `${V2}/token`, device_authorization: `${V2}/devicecode`, authorization: `${V2}/authorize` },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  ttl: { DeviceCode: settings.device_ttl ?? 900, RefreshToken: 86400, Grant: 86400, Session: 3600, Interaction: 600, IdToken: 3600 },
  extraTokenClaims: (_ctx, token) => ({
    tid: TENANT, appid: token.clientId,
    ...(token.kind === 'ClientCredentials'
      ? { idtyp: 'app', roles: ROLES }
      : { scp: 'User.Read.All Mail.Read.Shared MailboxSettings.Read', upn: `${token.accountId}@contoso.example` }),
  }),
  features: {
    clientCredentials: { enabled: true }, deviceFlow: { enabled: true }, devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx) => resourceOf(ctx.oidc.params?.scope) ?? ctx.oidc.entities?.RefreshToken?.resource,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource) => ({
        audience: resource, scope: scopesOf(resource), accessTokenFormat: 'jwt',
        accessTokenTTL: settings.token_ttl ?? 3599, jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});

// The numbers that clients of the real host read, over what was decided here.
const numbers = {
  invalid_client: 7000215, authorization_pending: 70016, expired_token: 70020, access_denied: 65004, invalid_grant: 70000,
  invalid_scope: 70011, unauthorized_client: 700016,
};
provider.use(async (ctx, next) => {
  await next();
  const answer = ctx.body;
  if (answer?.user_code) answer.message = `Open ${answer.verification_uri} and enter ${answer.user_code}.`;
  const number = numbers[answer?.error];
  if (!number) return;
  const id = ctx.get('client-request-id') || crypto.randomUUID();
  ctx.body = {
    error: answer.error === 'access_denied' ? 'authorization_declined' : answer.error,
    error_description: `AADSTS${number}: ${answer.error_description} Trace ID: ${id} Correlation ID: ${id} Timestamp: 2026-11-22 00:00:00Z`,
    error_codes: [number], timestamp: '2026-11-22 00:00:00Z', trace_id: id, correlation_id: id,
  };
});

// The resource: as much of a directory with mailboxes as a connection asks for, behind tokens that are verified.
const keys = createLocalJWKSet({ keys: jwks.keys.map(({ d, p, q, dp, dq, qi, ...open }) => open) });
const person = {
  id: '0f0f0f0f-0000-4000-8000-000000000001', displayName: 'Anna', mail: 'anna@contoso.example',
  userPrincipalName: 'anna@contoso.example', userType: 'Member',
};
const answers = {
  organization: {
    value: [{
      id: TENANT, displayName: 'Contoso', verifiedDomains: [{ name: 'contoso.example', isDefault: true }],
      assignedPlans: [{ service: 'exchange', capabilityStatus: 'Enabled' }],
    }],
  },
  users: { value: [person] },
  inbox: { id: 'inbox', totalItemCount: 3 },
  automaticRepliesSetting: { status: 'disabled' },
};
const answerTo = (path) => {
  const last = path.split('?')[0].split('/').pop();
  return answers[last] ?? (path.startsWith('/users/') ? person : null);
};
async function resource(request, response) {
  let body = '';
  for await (const piece of request) body += piece;
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  try {
    await jwtVerify(token, keys, { audience: 'https://graph.microsoft.com' });
  } catch (error) {
    response.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Bearer' });
    response.end(JSON.stringify({ error: { code: 'InvalidAuthenticationToken', message: String(error.code ?? error) } }));
    return;
  }
  const path = request.url.slice('/v1.0'.length);
  const one = (part) => {
    const found = answerTo(part.url);
    return { id: part.id, status: found ? 200 : 404, body: found ?? { error: { code: 'Request_ResourceNotFound', message: 'none' } } };
  };
  const found = path === '/$batch' ? { responses: JSON.parse(body).requests.map(one) } : answerTo(path);
  response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found ?? { error: { code: 'Request_ResourceNotFound', message: 'none' } }));
}

const login = provider.callback();
const counts = {};
server.on('request', (request, response) => {
  const path = request.url.split('?')[0];
  counts[path] = (counts[path] ?? 0) + 1;
  if (path === '/counts') response.end(JSON.stringify(counts));
  else if (path.startsWith('/v1.0/')) resource(request, response);
  else {
    // "Which account?" is that host's own prompt; here consent stands for it, which refresh tokens are given for.
    request.url = request.url.replace(`/${TENANT}/v2.0/.well-known`, '/.well-known').replace('prompt=select_account', 'prompt=consent');
    login(request, response);
  }
});
console.log(JSON.stringify({ url, tenant: TENANT, apps: APPS, secret: 'p~q.r+s/t=u%v&w' }));
