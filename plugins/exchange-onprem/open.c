// SPDX-License-Identifier: Apache-2.0
//
// From answers to a session, without the network. Every answer that cannot work is refused here, by
// the name of its field and with what to write instead.
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define CHECK_FORM ONPREM_ID ".form"

struct opening {
  struct tenon_session *session;
  const tenon_sink *sink;
  bool failed;
};

static void
refuse(struct opening *o, const char *field, tenon_status cause, const char *title,
       const char *detail, const char *remedy)
{
  report_field(o->sink, CHECK_FORM, field, cause, title, detail, remedy);
  o->failed = true;
}

// The answer, or "" when there is none.
static const char *
answer_to(const struct opening *o, const char *key)
{
  tenon_text text = {NULL, 0};
  const tenon_host *host = o->session->ews.host;
  if (host->value(host, key, &text) != TENON_OK || text.ptr == NULL)
    return "";
  return text.ptr;
}

static bool
copy_answer(const struct opening *o, const char *key, char *to, size_t size)
{
  const char *value = answer_to(o, key);
  struct kit_text text;
  kit_text_init(&text, to, size);
  kit_text_put(&text, value);
  const char *trimmed = kit_text_trimmed(&text);
  memmove(to, trimmed, strlen(trimmed) + 1);
  return !text.cut;
}

static void
take_server(struct opening *o)
{
  int error = ews_url_derive(answer_to(o, TENON_KEY_SERVER), &o->session->ews.server);
  o->session->server_given = error != EWS_URL_EMPTY;
  if (error != EWS_URL_OK && o->session->server_given)
    refuse(o, TENON_KEY_SERVER, TENON_E_CONFIG, "The server is not usable", ews_url_error(error),
           ews_url_remedy(error));
}

// name@domain, DOMAIN\name or name: what Kerberos and NTLM can make their own forms of. Basic sends a
// name as it is.
static bool
has_login_form(const char *login)
{
  const char *slash = strchr(login, '\\'), *at = strchr(login, '@');
  const char *parting = slash != NULL ? slash : at;
  if (parting == NULL)
    return true;
  return parting != login && parting[1] != 0 && strpbrk(parting + 1, "\\@") == NULL &&
         (slash == NULL || at == NULL);
}

static void
take_account(struct opening *o)
{
  struct tenon_session *s = o->session;
  bool whole = copy_answer(o, TENON_KEY_ADMIN, s->ews.admin, sizeof s->ews.admin);
  const char *fault =
      whole ? ews_address_fault(s->ews.admin, strlen(s->ews.admin)) : "it is too long";
  if (fault != NULL) {
    refuse(o, TENON_KEY_ADMIN, TENON_E_CONFIG, "The administrator's address is not one", fault,
           "Write it as name@domain; a login of another form goes into `username`.");
    return;
  }
  whole = copy_answer(o, TENON_KEY_USERNAME, s->ews.account, sizeof s->ews.account);
  if (s->ews.account[0] == 0)
    memcpy(s->ews.account, s->ews.admin, sizeof s->ews.account);
  // RFC 7617: the user name of Basic ends at the first colon.
  if (!whole || strchr(s->ews.account, ':') != NULL ||
      !kit_utf8_printable(s->ews.account, strlen(s->ews.account)))
    refuse(o, TENON_KEY_USERNAME, TENON_E_CONFIG, "The user name cannot be sent",
           "It is too long, or holds a colon or a control character.",
           "Write it as name@domain or DOMAIN\\name.");
  else if (strcmp(answer_to(o, TENON_KEY_AUTH), "basic") != 0 && !has_login_form(s->ews.account))
    refuse(o, TENON_KEY_USERNAME, TENON_E_CONFIG, "The user name has no form that is known",
           "A user name is name@domain, DOMAIN\\name or name: one of \\ and @, once.",
           "Write it as name@domain or DOMAIN\\name.");
}

static bool
read_policy(struct opening *o, enum signin_policy *ret)
{
  static const char *const values[] = {
      [SIGNIN_AUTO] = "auto",          [SIGNIN_ONLY_BASIC] = "basic",
      [SIGNIN_ONLY_NTLM] = "ntlm",     [SIGNIN_ONLY_NEGOTIATE] = "negotiate",
      [SIGNIN_ONLY_TICKET] = "ticket",
  };
  const char *value = answer_to(o, TENON_KEY_AUTH);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (strcmp(value, values[i]) == 0 || (i == SIGNIN_AUTO && value[0] == 0)) {
      *ret = (enum signin_policy)i;
      return true;
    }
  if (strcmp(value, "oauth") == 0)
    refuse(o, TENON_KEY_AUTH, TENON_E_UNSUPPORTED, "This sign-in is not built yet",
           "Tokens (OAuth, hybrid modern authentication) are not in this version of tenon.",
           "Set `auth` to auto: Kerberos, NTLM or Basic, whichever the server offers.");
  else
    refuse(o, TENON_KEY_AUTH, TENON_E_CONFIG, "There is no such sign-in",
           "The field `auth` knows auto, basic, ntlm, negotiate and ticket.",
           "Set `auth` to auto.");
  return false;
}

static void
take_auth(struct opening *o)
{
  struct tenon_session *s = o->session;
  struct signin_account *login = &s->login;
  if (!read_policy(o, &login->policy))
    return;
  bool ticket = login->policy == SIGNIN_ONLY_TICKET;
  // Whose the ticket is stands in the ticket; a name that was given has to be its.
  login->user = ticket && answer_to(o, TENON_KEY_USERNAME)[0] == 0 ? NULL : s->ews.account;
  if (!ticket && s->ews.host->secret(s->ews.host, TENON_KEY_PASSWORD, &s->password) != TENON_OK)
    refuse(o, TENON_KEY_PASSWORD, TENON_E_CONFIG, "There is no password",
           "Every sign-in but that by ticket needs one.",
           "Give the password of the administrator, or set `auth` to ticket.");
  login->secret = s->password;
}

static void
take_path(struct opening *o, const char *key, char *to, const char **ret)
{
  if (!copy_answer(o, key, to, ONPREM_PATH_MAX))
    refuse(o, key, TENON_E_CONFIG, "The path is too long", "A path has at most 1023 bytes.",
           "Give a shorter path.");
  else if (to[0] != 0)
    *ret = to;
}

// "HTTP/mail.contoso.example", as the KDC and setspn write it; GSSAPI has @ for the slash (RFC 2743 4.1).
static void
take_service(struct opening *o)
{
  static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
  struct tenon_session *s = o->session;
  bool whole = copy_answer(o, TENON_KEY_SPN, s->service, sizeof s->service);
  if (s->service[0] == 0)
    return;
  size_t class = strspn(s->service, good);
  const char *host = s->service + class + 1;
  if (whole && class > 0 && s->service[class] == '/' && host[0] != 0 &&
      host[strspn(host, good)] == 0) {
    s->service[class] = '@';
    s->login.service = s->service;
    return;
  }
  refuse(o, TENON_KEY_SPN, TENON_E_CONFIG, "The service name is not one",
         "It is the class of the service, a slash and a host, without a realm.",
         "Write it as HTTP/mail.contoso.example, or leave it empty.");
}

static void
take_login(struct opening *o)
{
  struct tenon_session *s = o->session;
  take_auth(o);
  take_path(o, TENON_KEY_TICKET_CACHE, s->ticket_cache, &s->login.ticket_cache);
  take_path(o, TENON_KEY_KEYTAB, s->keytab, &s->login.keytab);
  take_service(o);
}

static void
take_identity(struct opening *o)
{
  const char *value = answer_to(o, TENON_KEY_IDENTITY);
  if (value[0] == 0 || strcmp(value, "smtp") == 0)
    o->session->ews.identity = EWS_IDENTITY_SMTP;
  else if (strcmp(value, "upn") == 0)
    o->session->ews.identity = EWS_IDENTITY_UPN;
  else if (strcmp(value, "sid") == 0)
    o->session->ews.identity = EWS_IDENTITY_SID;
  else
    refuse(o, TENON_KEY_IDENTITY, TENON_E_CONFIG, "There is no such form of identity",
           "The field `identity` knows smtp, upn and sid.", "Set `identity` to smtp.");
}

static void
take_powershell(struct opening *o)
{
  const char *value = answer_to(o, TENON_KEY_POWERSHELL);
  if (value[0] == 0 || strcmp(value, "auto") == 0 || strcmp(value, "off") == 0 ||
      strncmp(value, "https://", 8) == 0 || strncmp(value, "http://", 7) == 0)
    return;
  refuse(o, TENON_KEY_POWERSHELL, TENON_E_CONFIG, "The console's address is not one",
         "The field `powershell` knows auto, off and an http or https URI.",
         "Set `powershell` to auto, or to https://SERVER/PowerShell/.");
}

static void
take_way(struct opening *o)
{
  const struct tenon_session *s = o->session;
  if (!way_set(s->ews.host, o->sink, s->ews.http, CHECK_FORM, TENON_KEY_SERVER))
    o->failed = true;
}

static void
take_answers(struct opening *o)
{
  struct tenon_session *s = o->session;
  take_server(o);
  take_account(o);
  take_login(o);
  take_identity(o);
  take_powershell(o);
  take_way(o);
  if (!copy_answer(o, TENON_KEY_DNS, s->dns_server, sizeof s->dns_server))
    refuse(o, TENON_KEY_DNS, TENON_E_CONFIG, "This way to the server is not usable",
           "It is too long.", "Write it as address:port, such as 192.0.2.53:53.");
  if (!copy_answer(o, TENON_KEY_MAILBOX, s->ews.mailbox, sizeof s->ews.mailbox))
    refuse(o, TENON_KEY_MAILBOX, TENON_E_CONFIG, "The mailbox to test with is not one",
           "It is longer than any address.", "Write it as name@domain.");
}

tenon_status
onprem_open(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
            tenon_session **ret)
{
  (void)call;
  const tenon_http *http = host->extension(host, TENON_HTTP_ID);
  if (http == NULL)
    return TENON_E_UNSUPPORTED;
  struct tenon_session *s = calloc(1, sizeof *s);
  if (s == NULL)
    return TENON_E_NOMEM;
  s->ews.host = host;
  s->ews.http = http;
  s->dns = host->extension(host, TENON_DNS_ID);
  struct opening opening = {.session = s, .sink = sink};
  take_answers(&opening);
  if (opening.failed) {
    onprem_close(s);
    return TENON_E_CONFIG;
  }
  s->ews.login = &s->login;
  if (!ews_session_init(&s->ews)) {
    onprem_close(s);
    return TENON_E_NOMEM;
  }
  *ret = s;
  return TENON_OK;
}

void
onprem_close(tenon_session *s)
{
  if (s == NULL)
    return;
  ews_session_finish(&s->ews);
  free(s->search);
  free(s->search_data);
  free(s);
}
