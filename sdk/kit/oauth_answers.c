// SPDX-License-Identifier: Apache-2.0
//
// From answers to settings, without the network. What cannot work is refused here, before a secret has left: most of the
// hours that people lose with Entra ID are lost over a wrong line copied out of the right page.
#include "oauth_form.h"

#include "report.h"
#include "way.h"

#include <tenon/exchange.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct reading {
  const tenon_host *host;
  const tenon_sink *sink;
  const char *check_id;
  bool failed;
};

static void
refuse(struct reading *r, const char *field, const char *title, const char *detail,
       const char *remedy)
{
  report_field(r->sink, r->check_id, field, TENON_E_CONFIG, title, detail, remedy);
  r->failed = true;
}

// The answer without blanks around it. false: it does not fit.
static bool
take(const struct reading *r, const char *key, char *to, size_t size)
{
  tenon_text value = {NULL, 0};
  if (r->host->value(r->host, key, &value) != TENON_OK || value.ptr == NULL)
    value = (tenon_text){"", 0};
  struct kit_text text;
  kit_text_init(&text, to, size);
  kit_text_put(&text, value.ptr);
  const char *trimmed = kit_text_trimmed(&text);
  memmove(to, trimmed, strlen(trimmed) + 1);
  return !text.cut;
}

// ---- who, where, by what ------------------------------------------------------------------------

static void
take_admin(struct reading *r, struct oauth_answers *a)
{
  bool whole = take(r, TENON_KEY_ADMIN, a->admin, sizeof a->admin);
  const char *at = strchr(a->admin, '@');
  if (a->admin[0] == 0 ||
      (whole && at != NULL && at != a->admin && at[1] != 0 && strpbrk(at + 1, "@ ") == NULL))
    return;
  refuse(r, TENON_KEY_ADMIN, "The administrator's address is not one",
         "An address has a name, one @ and a domain of the organization.",
         "Write it as name@domain.");
  a->admin[0] = 0;
}

static void
take_cloud(struct reading *r, struct oauth_answers *a)
{
  char id[CLOUD_REGION_MAX];
  const struct cloud *cloud = take(r, TENON_KEY_CLOUD, id, sizeof id) ? cloud_find(id) : NULL;
  if (cloud == NULL) {
    refuse(r, TENON_KEY_CLOUD, "There is no such cloud",
           "The field `cloud` knows global, gcc-high, dod and china.",
           "Set `cloud` to global, which GCC is in too, or to that of your organization.");
    cloud = cloud_find(NULL);
  }
  a->settings.cloud = cloud;
}

static void
take_grant(struct reading *r, struct oauth_answers *a)
{
  static const char *const names[] = {
      [OAUTH_CLIENT_SECRET] = "client-secret",       [OAUTH_CERTIFICATE] = "certificate",
      [OAUTH_DEVICE_CODE] = "device-code",           [OAUTH_BROWSER] = "browser",
      [OAUTH_MANAGED_IDENTITY] = "managed-identity",
  };
  char value[CLOUD_REGION_MAX];
  bool whole = take(r, TENON_KEY_GRANT, value, sizeof value);
  a->settings.grant = OAUTH_CLIENT_SECRET;
  if (value[0] == 0)
    return;
  for (size_t i = 0; whole && i < sizeof names / sizeof *names; i++)
    if (strcmp(value, names[i]) == 0) {
      a->settings.grant = (enum oauth_grant)i;
      return;
    }
  refuse(r, TENON_KEY_GRANT, "There is no such kind of access",
         "The field `grant` knows client-secret, certificate, device-code, browser and "
         "managed-identity. A user name with a password is none of them: Exchange Online takes "
         "neither passwords nor app passwords any more.",
         "Set `grant` to client-secret or certificate (an application), or to device-code or "
         "browser (a person who signs in, with MFA).");
}

// ---- tenant -------------------------------------------------------------------------------------

// Letters, digits and hyphens between dots, two parts or more.
static bool
is_domain(const char *text)
{
  static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  unsigned parts = 0;
  for (const char *p = text;; p++) {
    size_t n = strspn(p, good);
    if (n == 0 || n > 63 || *p == '-' || p[n - 1] == '-')
      return false;
    parts++;
    p += n;
    if (*p != '.')
      return *p == 0 && parts > 1;
  }
}

// Names of Entra ID that stand for any organization.
static bool
is_any(const char *tenant)
{
  return strcasecmp(tenant, "common") == 0 || strcasecmp(tenant, "organizations") == 0 ||
         strcasecmp(tenant, "consumers") == 0;
}

static void
refuse_any(struct reading *r, bool app)
{
  if (app)
    refuse(r, TENON_KEY_TENANT, "An application needs the tenant itself",
           "`common`, `organizations` and `consumers` stand for whoever signs in; here nobody "
           "does, so that Entra ID would not know which organization is meant.",
           "Write the Directory (tenant) ID or a domain of the organization, or leave the field "
           "empty for the domain of the administrator's address.");
  else
    refuse(r, TENON_KEY_TENANT, "This name lets personal accounts in",
           "`common` and `consumers` are for personal Microsoft accounts too, which have no "
           "Exchange Online.",
           "Leave the field empty, or write a domain of the organization, or `organizations`.");
}

static void
take_tenant(struct reading *r, struct oauth_answers *a)
{
  bool app = oauth_is_app(a->settings.grant);
  bool whole = take(r, TENON_KEY_TENANT, a->tenant, sizeof a->tenant);
  const char *at = strchr(a->admin, '@');
  a->settings.tenant = a->tenant;
  if (a->tenant[0] == 0 && at != NULL)
    whole = kit_text_copy(a->tenant, sizeof a->tenant, at + 1);
  if (a->settings.grant == OAUTH_MANAGED_IDENTITY)
    return; // the machine knows its own
  if (a->tenant[0] == 0)
    refuse(r, TENON_KEY_TENANT, "There is no tenant",
           "Neither a directory nor an administrator's address was given.",
           "Write the Directory (tenant) ID or a domain of the organization.");
  else if (is_any(a->tenant) && (app || strcasecmp(a->tenant, "organizations") != 0))
    refuse_any(r, app);
  else if (!whole || !(is_any(a->tenant) || cloud_is_guid(a->tenant) || is_domain(a->tenant)))
    refuse(r, TENON_KEY_TENANT, "The tenant is neither an ID nor a domain",
           "It is the GUID that the Overview page calls Directory (tenant) ID, or a domain such as "
           "contoso.onmicrosoft.com, and not a URL, an address or the organization's name.",
           "Write the Directory (tenant) ID, or leave the field empty for the domain of the "
           "administrator's address.");
}

// ---- the application ----------------------------------------------------------------------------

static void
take_client_id(struct reading *r, struct oauth_answers *a)
{
  bool is_machine = a->settings.grant == OAUTH_MANAGED_IDENTITY;
  const char *key = is_machine ? TENON_KEY_MANAGED_IDENTITY : TENON_KEY_CLIENT_ID;
  bool whole = take(r, key, a->client_id, sizeof a->client_id);
  a->settings.client_id = a->client_id;
  if (a->client_id[0] == 0 && is_machine)
    return;
  if (is_machine && (!whole || !cloud_is_guid(a->client_id)))
    refuse(
        r, key, "The identity's ID is no GUID",
        "It has 8-4-4-4-12 hexadecimal digits; the identity's name or resource ID is not it.",
        "Copy Client ID from the Overview page of the managed identity, or leave the field empty "
        "for the machine's own.");
  else if (a->client_id[0] == 0)
    refuse(r, TENON_KEY_CLIENT_ID, "There is no application",
           "Every access but that of a managed identity goes through a registered application.",
           "Write its Application (client) ID: Entra admin center, App registrations, the "
           "application, Overview.");
  else if (!whole || !cloud_is_guid(a->client_id))
    refuse(r, TENON_KEY_CLIENT_ID, "The application's ID is no GUID",
           "It has 8-4-4-4-12 hexadecimal digits; the application's name or URI is not it.",
           "Copy Application (client) ID from the Overview page of the App registration.");
}

bool
oauth_is_app_password(const char *text, size_t len)
{
  size_t letters = 0, blanks = 0;
  for (size_t i = 0; i < len; i++)
    if (text[i] >= 'a' && text[i] <= 'z')
      letters++;
    else if (text[i] == ' ' && letters > 0 && letters % 4 == 0 && text[i - 1] != ' ')
      blanks++;
    else
      return false;
  return letters == 16 && (blanks == 0 || blanks == 3);
}

// What the plaintext looks like; it is not kept.
static void
look_at_secret(struct reading *r, tenon_secret *secret)
{
  tenon_text plain = {NULL, 0};
  char guid[40];
  if (r->host->reveal(r->host, secret, &plain) != TENON_OK)
    return;
  bool app_password = oauth_is_app_password(plain.ptr, plain.len);
  bool is_id = plain.len == 36;
  if (is_id) {
    memcpy(guid, plain.ptr, 36);
    guid[36] = 0;
    is_id = cloud_is_guid(guid);
    explicit_bzero(guid, sizeof guid);
  }
  bool padded = plain.len > 0 && (plain.ptr[0] <= ' ' || plain.ptr[plain.len - 1] <= ' ');
  r->host->conceal(r->host, secret);
  if (is_id)
    refuse(r, TENON_KEY_CLIENT_SECRET, "This is the secret's ID, not the secret",
           "A GUID was given: the column Secret ID. The secret stands in the column Value, about "
           "40 characters, and is shown only once, right after it was made. Nothing was sent.",
           "Paste the Value; where it is gone, make a new one: Certificates & secrets, New client "
           "secret.");
  else if (app_password)
    refuse(r, TENON_KEY_CLIENT_SECRET, "This looks like an app password",
           "Sixteen small letters are what app passwords look like. They are for old programs "
           "with basic authentication, which Exchange Online has switched off, and no token is "
           "given for one. Nothing was sent.",
           "Give the application's client secret here; or, to sign in as a person with MFA, set "
           "`grant` to device-code or browser.");
  else if (padded)
    refuse(r, TENON_KEY_CLIENT_SECRET, "The secret begins or ends with a blank",
           "No client secret does: the blank was copied along. Nothing was sent.",
           "Copy the Value anew, without what stands around it.");
}

static void
take_secret(struct reading *r, struct oauth_answers *a)
{
  if (a->settings.grant != OAUTH_CLIENT_SECRET)
    return;
  if (r->host->secret(r->host, TENON_KEY_CLIENT_SECRET, &a->settings.secret) == TENON_OK) {
    look_at_secret(r, a->settings.secret);
    return;
  }
  a->settings.secret = NULL;
  refuse(r, TENON_KEY_CLIENT_SECRET, "There is no client secret",
         "With `grant` client-secret the application proves itself by one.",
         "Give the Value of a secret: Certificates & secrets, New client secret.");
}

// Opens the file once, so that what is wrong with it is said here.
static void
look_at_key(struct reading *r, struct oauth_answers *a)
{
  tenon_text password = {NULL, 0};
  tenon_secret *secret = a->settings.certificate_password;
  if (secret != NULL && r->host->reveal(r->host, secret, &password) != TENON_OK)
    password = (tenon_text){NULL, 0};
  const char *why = NULL;
  struct jwt_key *key = jwt_key_open(a->settings.certificate, password, &why);
  bool app_password = password.ptr != NULL && oauth_is_app_password(password.ptr, password.len);
  if (password.ptr != NULL)
    r->host->conceal(r->host, secret);
  if (key == NULL) {
    bool of_password = jwt_key_why_is_password(why);
    refuse(r, of_password ? TENON_KEY_CLIENT_CERTIFICATE_PASSWORD : TENON_KEY_CLIENT_CERTIFICATE,
           of_password ? "The certificate's file does not open" : "The certificate cannot be used",
           why,
           app_password
               ? "Give the password that the file was exported with: what was given looks like an "
                 "app password, which opens nothing here."
           : of_password
               ? "Give the password that the file was exported with."
               : "Give a PKCS#12 file (.pfx, .p12) with its password, or PEM with the certificate "
                 "and its encrypted key; RSA, 2048 bits or more.");
    return;
  }
  (void)kit_text_copy(a->thumbprint, sizeof a->thumbprint, jwt_key_thumbprint(key));
  a->key_ends = jwt_key_ends(key);
  jwt_key_close(key);
}

static void
take_certificate(struct reading *r, struct oauth_answers *a)
{
  if (a->settings.grant != OAUTH_CERTIFICATE)
    return;
  tenon_text file = {NULL, 0};
  if (r->host->value(r->host, TENON_KEY_CLIENT_CERTIFICATE, &file) != TENON_OK || file.len == 0) {
    refuse(r, TENON_KEY_CLIENT_CERTIFICATE, "There is no certificate",
           "With `grant` certificate the application proves itself by a certificate and its key.",
           "Give a PKCS#12 file (.pfx, .p12), or PEM with the certificate and its encrypted key.");
    return;
  }
  a->settings.certificate = file;
  if (r->host->secret(r->host, TENON_KEY_CLIENT_CERTIFICATE_PASSWORD,
                      &a->settings.certificate_password) != TENON_OK)
    a->settings.certificate_password = NULL;
  look_at_key(r, a);
}

// ---- URLs ---------------------------------------------------------------------------------------

static bool
starts(const char *text, const char *with)
{
  return strncasecmp(text, with, strlen(with)) == 0;
}

// Characters of a host, a port and a path; a name beyond ASCII is the library's to spell. The address goes into pages and
// commands that others open: nothing in it may mean something there.
static bool
is_spelt(const char *text)
{
  static const char others[] = "-._~:/[]%";
  for (; *text != 0; text++)
    if ((unsigned char)*text < 0x80 && !isalnum((unsigned char)*text) &&
        strchr(others, *text) == NULL)
      return false;
  return true;
}

static const char *
fault_of(const char *url)
{
  if (starts(url, "http://"))
    return "Plain http would send secrets and tokens in the clear; they go by https alone.";
  if (!starts(url, "https://"))
    return "It does not begin with https://.";
  const char *host = url + strlen("https://");
  size_t n = strcspn(host, "/");
  if (n == 0 || host[0] == ':' || !is_spelt(host))
    return "It is to be a scheme, a host and perhaps a path; without a user, a query, blanks or "
           "quotes.";
  return NULL;
}

bool
oauth_answers_url(const tenon_host *host, const tenon_sink *sink, const char *check_id,
                  const char *key, const char *otherwise, char *to, size_t size)
{
  struct reading r = {.host = host, .sink = sink, .check_id = check_id};
  bool whole = take(&r, key, to, size);
  if (to[0] == 0)
    whole = kit_text_copy(to, size, otherwise);
  const char *fault = whole ? fault_of(to) : "It is too long.";
  if (fault != NULL)
    refuse(&r, key, "This address is not usable", fault,
           "Write it as https://HOST, or leave it empty for the one of the cloud.");
  for (size_t n = strlen(to); n > 0 && to[n - 1] == '/'; n--)
    to[n - 1] = 0;
  return !r.failed;
}

static void
take_authority(struct reading *r, struct oauth_answers *a)
{
  a->settings.authority = a->authority;
  if (!oauth_answers_url(r->host, r->sink, r->check_id, TENON_KEY_AUTHORITY,
                         a->settings.cloud->login, a->authority, sizeof a->authority)) {
    r->failed = true;
    return;
  }
  const char *path = strchr(strstr(a->authority, "://") + 3, '/');
  if (path != NULL)
    refuse(r, TENON_KEY_AUTHORITY, "The login host is written with a path",
           "The paths of tenant and endpoint are added by tenon.",
           "Write it as https://HOST; the tenant goes into the field `tenant`.");
}

bool
oauth_answers_http(const tenon_host *host, const tenon_sink *sink, const tenon_http *http,
                   const char *check_id)
{
  return way_set(host, sink, http, check_id, TENON_KEY_PROXY);
}

static void
take_mailbox(struct reading *r, struct oauth_answers *a)
{
  if (!take(r, TENON_KEY_MAILBOX, a->mailbox, sizeof a->mailbox))
    refuse(r, TENON_KEY_MAILBOX, "The mailbox to test with is not one",
           "It is longer than any address.", "Write it as name@domain.");
}

bool
oauth_answers_read(const tenon_host *host, const tenon_sink *sink, const char *check_id,
                   struct oauth_answers *ret)
{
  struct reading r = {.host = host, .sink = sink, .check_id = check_id};
  *ret = (struct oauth_answers){.settings = {.grant = OAUTH_CLIENT_SECRET}};
  take_admin(&r, ret);
  take_cloud(&r, ret);
  take_grant(&r, ret);
  take_tenant(&r, ret);
  take_client_id(&r, ret);
  take_secret(&r, ret);
  take_certificate(&r, ret);
  take_mailbox(&r, ret);
  take_authority(&r, ret);
  ret->settings.login_hint = ret->admin;
  return !r.failed;
}
