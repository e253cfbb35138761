// SPDX-License-Identifier: Apache-2.0
//
// What a verdict says of an application in a cloud: who it is, what it may not do yet, and where that is granted; and what
// Entra ID has said.
#include "verdict_text.h"

#include "graph.h"

#include <stdio.h>
#include <string.h>

static const char *
or_else(const char *text, const char *otherwise)
{
  return text != NULL && text[0] != 0 ? text : otherwise;
}

static const struct cloud *
cloud_of(const struct verdict_evidence *e)
{
  return e->cloud != NULL ? e->cloud : cloud_find(NULL);
}

static const char *
app_of(const struct verdict_evidence *e)
{
  const char *of_token = e->claims != NULL ? e->claims->app_id : NULL;
  return or_else(e->client_id, or_else(of_token, "the application's id"));
}

// Where the token says which tenant it is of, that is the one.
static const char *
tenant_of(const struct verdict_evidence *e)
{
  const char *of_token = e->claims != NULL ? e->claims->tenant : NULL;
  return or_else(of_token, or_else(e->tenant, "organizations"));
}

static const char *
login_of(const struct verdict_evidence *e)
{
  return or_else(e->authority, cloud_of(e)->login);
}

static void
put_consent(struct kit_text *to, const struct verdict_evidence *e)
{
  kit_text_printf(to, "%s/%s/adminconsent?client_id=%s", login_of(e), tenant_of(e), app_of(e));
}

// "AADSTS50076", or the word, where there is no number.
static void
put_aadsts(struct kit_text *to, const struct verdict_evidence *e)
{
  uint32_t number = verdict_aadsts(e);
  if (number != 0)
    kit_text_printf(to, "AADSTS%u", (unsigned)number);
  else
    kit_text_put(to, or_else(e->token != NULL ? e->token->error : NULL, "without a code"));
}

static void
put_number(struct kit_text *to, const struct verdict_evidence *e)
{
  kit_text_printf(to, "%u", (unsigned)verdict_aadsts(e));
}

// Why what was kept of the last sign-in does not do.
static void
put_lapsed(struct kit_text *to, const struct verdict_evidence *e)
{
  uint32_t number = verdict_aadsts(e);
  if (number != 0)
    kit_text_printf(to, " What was kept of the last sign-in was refused (AADSTS%u).",
                    (unsigned)number);
}

// As a sentence.
static void
put_said(struct kit_text *to, const struct verdict_evidence *e)
{
  static const char mark[] = "AADSTS";
  const char *said = e->token != NULL ? e->token->text : "";
  const char *colon = strstr(said, ": ");
  if (strncmp(said, mark, sizeof mark - 1) == 0 && colon != NULL)
    said = colon + 2;
  size_t n = strlen(said);
  kit_text_put(to, or_else(said, "It does not say why."));
  if (n > 0 && said[n - 1] != '.')
    kit_text_put(to, ".");
}

// What the certificate is found by; where this side does not know, Entra ID has named it.
static void
put_thumbprint(struct kit_text *to, const struct verdict_evidence *e)
{
  static const char mark[] = "Thumbprint of key used by client: '";
  const char *named = e->token != NULL ? strstr(e->token->text, mark) : NULL;
  if (e->thumbprint == NULL && named != NULL)
    kit_text_put_n(to, named + sizeof mark - 1,
                   strspn(named + sizeof mark - 1, "0123456789ABCDEFabcdef"));
  else
    kit_text_put(to, or_else(e->thumbprint, "of the file"));
}

// The part that says why, out of 2000008;reason="...";error_category="...".
static void
put_diagnosed(struct kit_text *to, const struct verdict_evidence *e)
{
  const char *all = verdict_header(e->completion, "x-ms-diagnostics").ptr;
  const char *reason = all != NULL ? strstr(all, "reason=\"") : NULL;
  if (reason != NULL) {
    kit_text_put(to, "Its reason: ");
    kit_text_put_n(to, reason + 8, strcspn(reason + 8, "\""));
  } else if (all != NULL) {
    kit_text_printf(to, "Its reason: %s", all);
  }
}

// With a blank before it, so that a command without any has none.
static void
put_option(struct kit_text *to, const char *option)
{
  if (option != NULL && option[0] != 0)
    kit_text_printf(to, " %s", option);
}

static void
put_connect(struct kit_text *to, const struct verdict_evidence *e)
{
  put_option(to, cloud_of(e)->connect);
}

static void
put_mg_connect(struct kit_text *to, const struct verdict_evidence *e)
{
  put_option(to, cloud_of(e)->mg_connect);
}

static const char *
role_of(const struct verdict_evidence *e)
{
  return e->permission != NULL ? graph_role_id(e->permission) : NULL;
}

static const char *
head_of(const struct verdict_evidence *e, const char *name)
{
  return or_else(verdict_header(e->completion, name).ptr, "nothing more");
}

static const char *
value_of(const struct verdict_evidence *e, const char *name)
{
  const struct cloud *cloud = cloud_of(e), *home = e->home != NULL ? e->home : cloud;
  const struct oauth_error *error = e->token;
  const struct {
    const char *name, *value;
  } values[] = {
      {"appid", app_of(e)},
      {"tenant", tenant_of(e)},
      {"permission", or_else(e->permission, "the permission that it needs")},
      {"roleid", or_else(role_of(e), "the id of the permission")},
      {"portal", cloud->portal},
      {"loginhost", login_of(e)},
      {"graph", cloud->graph},
      {"outlook", cloud->outlook},
      {"cloud", cloud->label},
      {"cloudid", cloud->id},
      {"home", home->label},
      {"homeid", home->id},
      {"homelogin", home->login},
      {"local", or_else(e->local, "It failed on this machine.")},
      {"error", or_else(error != NULL ? error->error : NULL, "no error")},
      {"correlation", or_else(verdict_request_id(e), "that it did not give")},
      {"timestamp", or_else(error != NULL ? error->timestamp : NULL, "just now")},
      {"audience", or_else(e->claims != NULL ? e->claims->audience : NULL, "an unknown service")},
      {"diagnostics", head_of(e, "x-ms-diagnostics")},
      {"caserror", head_of(e, "X-CasErrorCode")},
      {"permissions", or_else(e->claims != NULL ? e->claims->permissions : NULL, "none")},
  };
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (strcmp(values[i].name, name) == 0)
      return values[i].value;
  return "";
}

// put NULL: value_of has it.
static const struct {
  const char *name;
  void (*put)(struct kit_text *, const struct verdict_evidence *);
} places[] = {
    {"appid", NULL},
    {"tenant", NULL},
    {"permission", NULL},
    {"roleid", NULL},
    {"portal", NULL},
    {"loginhost", NULL},
    {"graph", NULL},
    {"outlook", NULL},
    {"cloud", NULL},
    {"cloudid", NULL},
    {"home", NULL},
    {"homeid", NULL},
    {"homelogin", NULL},
    {"local", NULL},
    {"error", NULL},
    {"correlation", NULL},
    {"timestamp", NULL},
    {"permissions", NULL},
    {"audience", NULL},
    {"diagnostics", NULL},
    {"caserror", NULL},
    {"consent", put_consent},
    {"aadsts", put_aadsts},
    {"number", put_number},
    {"said", put_said},
    {"lapsed", put_lapsed},
    {"thumbprint", put_thumbprint},
    {"diagnosed", put_diagnosed},
    {"connect", put_connect},
    {"mgconnect", put_mg_connect},
};

bool
verdict_is_cloud_word(const char *name)
{
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (strcmp(places[i].name, name) == 0)
      return true;
  return false;
}

// Options of a command, out of the table of clouds and from nowhere else.
bool
verdict_is_raw_word(const char *name)
{
  return strcmp(name, "connect") == 0 || strcmp(name, "mgconnect") == 0;
}

void
verdict_put_cloud(struct kit_text *to, const struct verdict_evidence *e, const char *name)
{
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (strcmp(places[i].name, name) == 0) {
      if (places[i].put != NULL)
        places[i].put(to, e);
      else
        kit_text_put(to, value_of(e, name));
    }
}
