// SPDX-License-Identifier: Apache-2.0
//
// Finding the row, and writing it out for the case at hand. No rule about a server stands here: a
// rule is a row.
#include "verdict_tables.h"
#include "verdict_text.h"

#include <tenon/exchange.h>

#include <stdio.h>
#include <string.h>

const struct verdict_rows *const verdict_tables[] = {
    &verdict_discover,
    &verdict_proxy,
    &verdict_kerberos,
    &verdict_windows,
    &verdict_tls,
    &verdict_net,
    &verdict_signin,
    &verdict_acting,
    &verdict_server,
    &verdict_http,
    NULL,
};

const struct verdict_rows *const verdict_cloud_tables[] = {
    &verdict_token_here,   &verdict_proxy,        &verdict_cloud_way, &verdict_token,
    &verdict_token_person, &verdict_token_flow,   &verdict_graph,     &verdict_cloud_policy,
    &verdict_cloud_acting, &verdict_cloud_server, &verdict_cloud,     NULL,
};

// ---- finding ----------------------------------------------------------------------------------

// Is `code` one of the names in "A|B|C"?
static bool
listed(const char *list, const char *code)
{
  size_t n = strlen(code);
  if (n == 0)
    return false;
  for (const char *p = list; p != NULL; p = strchr(p, '|')) {
    p += *p == '|';
    if (strncmp(p, code, n) == 0 && (p[n] == 0 || p[n] == '|'))
      return true;
  }
  return false;
}

// Faults that came later than this table are read as OTHER.
static uint32_t
fault_of(const tenon_http_signin *signin)
{
  if (signin == NULL)
    return TENON_HTTP_SIGNIN_OK;
  return signin->fault <= TENON_HTTP_SIGNIN_OTHER_TICKET ? signin->fault : TENON_HTTP_SIGNIN_OTHER;
}

// Of the proxy where that is who answered. A proxy that answers CONNECT with 401, as tinyproxy does to
// a wrong password, means itself.
static int
code_of(const tenon_http_completion *completion)
{
  if (completion->fault != TENON_HTTP_FAULT_PROXY)
    return completion->code;
  return completion->proxy_code == 401 ? 407 : completion->proxy_code;
}

// The endpoint's error has numbers and two words, any of which a row may name.
static bool
fits_token(const char *wanted, const struct oauth_error *error)
{
  if (wanted == NULL)
    return true;
  if (error == NULL)
    return false;
  if (listed(wanted, error->error) || listed(wanted, error->suberror))
    return true;
  for (size_t i = 0; i < error->n_codes; i++) {
    char number[16];
    snprintf(number, sizeof number, "%u", (unsigned)error->codes[i]);
    if (listed(wanted, number))
      return true;
  }
  return false;
}

static bool
fits_wire(const struct verdict_row *row, const struct verdict_evidence *evidence)
{
  const tenon_http_completion *completion = evidence->completion;
  uint32_t fault = completion != NULL ? completion->fault : TENON_HTTP_FAULT_NONE;
  int code = completion != NULL ? code_of(completion) : 0;
  if (evidence->graph_code != 0)
    code = evidence->graph_code;
  if (row->fault != TENON_HTTP_FAULT_NONE && row->fault != fault)
    return false;
  const tenon_http_signin *signin = completion != NULL ? completion->signin : NULL;
  if (row->signin != TENON_HTTP_SIGNIN_OK && row->signin != fault_of(signin))
    return false;
  if (row->code_min != 0 && (code < row->code_min || code > row->code_max))
    return false;
  if (row->tls == TENON_HTTP_TLS_OK)
    return true;
  return completion != NULL && completion->tls != NULL && completion->tls->verdict == row->tls;
}

static bool
fits_header(const char *wanted, const tenon_http_completion *completion)
{
  char name[64];
  if (wanted == NULL)
    return true;
  size_t n = strcspn(wanted, "=");
  snprintf(name, sizeof name, "%.*s", (int)n, wanted);
  tenon_text value = verdict_header(completion, name);
  const char *begin = wanted[n] == '=' ? wanted + n + 1 : "";
  return value.ptr != NULL && strncmp(value.ptr, begin, strlen(begin)) == 0;
}

static bool
same(const char *one, const char *other)
{
  return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

// "": Graph answered, whatever its code, and also where it has none.
static bool
fits_graph(const char *wanted, const struct graph_error *error)
{
  return error != NULL && (wanted[0] == 0 || listed(wanted, error->code));
}

static bool
fits(const struct verdict_row *row, const struct verdict_evidence *evidence)
{
  if (!same(row->finding, evidence->finding))
    return false;
  if (row->places != 0 && (row->places & evidence->place) == 0)
    return false;
  if ((evidence->seen & row->seen) != row->seen || (evidence->seen & row->unseen) != 0)
    return false;
  if (row->soap != NULL &&
      (evidence->soap == NULL || !listed(row->soap, soap_reply_code(evidence->soap))))
    return false;
  if (row->graph != NULL && !fits_graph(row->graph, evidence->graph))
    return false;
  return fits_token(row->token, evidence->token) &&
         fits_header(row->header, evidence->completion) && fits_wire(row, evidence);
}

const struct verdict_row *
verdict_find(const struct verdict_evidence *evidence)
{
  const struct verdict_row *last = NULL;
  bool cloud = (evidence->seen & SEEN_CLOUD) != 0;
  const struct verdict_rows *const *tables = cloud ? verdict_cloud_tables : verdict_tables;
  for (size_t t = 0; tables[t] != NULL; t++)
    for (size_t i = 0; i < tables[t]->n; i++) {
      last = &tables[t]->rows[i];
      if (fits(last, evidence))
        return last;
    }
  return last;
}

// ---- writing ----

// Starts a new text in the verdict's buffer; end_text closes it.
static char *
begin_text(struct verdict *v)
{
  return v->text.ptr + v->text.len;
}

static const char *
end_text(struct verdict *v, char *start)
{
  if (v->text.len + 1 < v->text.size)
    v->text.ptr[++v->text.len] = 0;
  return start;
}

static const char *
write_text(struct verdict *v, const char *text, const struct verdict_evidence *e, bool command)
{
  if (text == NULL)
    return NULL;
  char *start = begin_text(v);
  verdict_expand(&v->text, text, e, command);
  while (v->text.len > 0 && v->text.ptr + v->text.len > start &&
         v->text.ptr[v->text.len - 1] == ' ')
    v->text.ptr[--v->text.len] = 0;
  return end_text(v, start);
}

const char *
verdict_write(struct verdict *v, const char *text, const struct verdict_evidence *e)
{
  return write_text(v, text, e, false);
}

// A row's own; else, of a number of Entra ID, Microsoft's page about it. Only what a browser can be sent to.
static const char *
link_of(struct verdict *v, const struct verdict_evidence *e)
{
  const char *link = v->row->link;
  if (link == NULL && verdict_aadsts(e) != 0)
    link = "https://login.microsoftonline.com/error?code={number}";
  link = write_text(v, link, e, false);
  return link != NULL && strncmp(link, "https://", 8) == 0 ? link : NULL;
}

void
verdict_add(struct verdict *v, const char *key, const char *value)
{
  if (value == NULL || value[0] == 0 || v->n_data == VERDICT_DATA_MAX)
    return;
  v->data[v->n_data++] = (tenon_pair){key, {value, strlen(value)}};
  v->check.data = v->data;
  v->check.n_data = v->n_data;
}

// A command of Exchange's shell is no help at a server that is another one.
static bool
helps(const char *command, const struct verdict_evidence *e)
{
  if (command == NULL || (e->seen & SEEN_STRANGER) == 0)
    return command != NULL;
  for (const char *line = command; line != NULL; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (*line < 'a' || *line > 'z')
      return false;
  }
  return true;
}

static void
add_causes(struct verdict *v, const struct verdict_evidence *e)
{
  static const char *const keys[VERDICT_ALSO_MAX] = {TENON_DATA_ALSO "1", TENON_DATA_ALSO "2",
                                                     TENON_DATA_ALSO "3"};
  const struct verdict_row *row = v->row;
  verdict_add(v, TENON_DATA_LIKELY, write_text(v, row->likely, e, false));
  for (size_t i = 0; i < VERDICT_ALSO_MAX; i++)
    verdict_add(v, keys[i], write_text(v, row->also[i], e, false));
  if (helps(row->prove, e))
    verdict_add(v, TENON_DATA_PROVE, write_text(v, row->prove, e, true));
  if (helps(row->mend, e))
    verdict_add(v, TENON_DATA_MEND, write_text(v, row->mend, e, true));
  verdict_add(v, TENON_DATA_ANSWER, write_text(v, row->answer, e, false));
}

static void
add_witness(struct verdict *v, const struct verdict_evidence *e)
{
  if (e->challenge != NULL && e->challenge->count > 0)
    verdict_add(v, TENON_DATA_OFFERED, e->challenge->text);
  verdict_add(v, TENON_DATA_TRIED, e->tried);
  char *start = begin_text(v);
  verdict_put_got(&v->text, e);
  verdict_add(v, TENON_DATA_GOT, end_text(v, start));
  if (e->completion != NULL && (e->completion->code != 0 || e->completion->proxy_code != 0)) {
    start = begin_text(v);
    verdict_put_by(&v->text, e);
    verdict_add(v, TENON_DATA_ANSWERED_BY, end_text(v, start));
  }
  verdict_add(v, TENON_DATA_REQUEST_ID, verdict_request_id(e));
}

// What the sign-in's messages said before it failed.
static void
add_signin(struct verdict *v, const struct verdict_evidence *e)
{
  const tenon_http_signin *signin = e->completion != NULL ? e->completion->signin : NULL;
  verdict_add(v, "passed", e->passed);
  if (signin == NULL)
    return;
  verdict_add(v, "scheme", signin->scheme);
  verdict_add(v, "mechanism", signin->mechanism);
  verdict_add(v, "user", signin->user);
  verdict_add(v, "binding", signin->binding);
  verdict_add(v, "service", signin->service);
  verdict_add(v, "realm", signin->realm);
  verdict_add(v, "netbios_domain", signin->netbios_domain);
  verdict_add(v, "dns_domain", signin->dns_domain);
  verdict_add(v, "server_name", signin->server_name);
}

// What a person needs to decide about a certificate, and the PEM that could be trusted.
static void
add_certificate(struct verdict *v, const struct verdict_evidence *e)
{
  const tenon_http_certificate *cert = verdict_leaf(e);
  if (e->completion == NULL || e->completion->fault != TENON_HTTP_FAULT_CERTIFICATE || cert == NULL)
    return;
  verdict_add(v, "names", cert->names);
  verdict_add(v, "subject", cert->subject);
  verdict_add(v, "issuer", verdict_issuer(e));
  verdict_add(v, "not_before", write_text(v, "{since}", e, false));
  verdict_add(v, "not_after", write_text(v, "{until}", e, false));
  verdict_add(v, "sha256", cert->sha256);
  verdict_add(v, "pin", cert->pin);
  verdict_add(v, "chain", write_text(v, "{chain}", e, false));
  const tenon_http_certificate *last = verdict_top(e);
  verdict_add(v, "authority_sha256", last != cert ? last->sha256 : NULL);
  verdict_add(v, "pem", last->pem);
}

static int64_t
pause_of(const struct verdict_row *row, int64_t asked)
{
  if (row->cause != TENON_E_TRANSIENT)
    return 0;
  if (asked > 0)
    return asked;
  return row->retry == VERDICT_LATER ? VERDICT_LATER_NS : VERDICT_SOON_NS;
}

bool
verdict_is_signin(const struct verdict_row *row)
{
  return strncmp(row->check, "auth.", 5) == 0;
}

static const char *
id_of(const struct verdict_row *row, const struct verdict_evidence *e)
{
  if (e->check != NULL)
    return e->check;
  return e->signin != NULL && verdict_is_signin(row) ? e->signin : row->check;
}

// What was passed over on the way to the failure belongs to it.
static const char *
write_detail(struct verdict *v, const struct verdict_evidence *e)
{
  bool more = verdict_is_signin(v->row) && e->passed != NULL && e->passed[0] != 0;
  if (!more || v->row->detail == NULL)
    return write_text(v, v->row->detail, e, false);
  char *start = begin_text(v);
  verdict_expand(&v->text, v->row->detail, e, false);
  kit_text_printf(&v->text, " %s", e->passed);
  return end_text(v, start);
}

void
verdict_judge(const struct verdict_evidence *e, struct verdict *v)
{
  const struct verdict_row *row = verdict_find(e);
  v->row = row;
  v->retry_ns = verdict_asked_pause(e);
  v->n_data = 0;
  kit_text_init(&v->text, v->buffer, sizeof v->buffer);
  v->check = (tenon_check){
      .size = sizeof v->check,
      .state = TENON_FAIL,
      .level = TENON_LEVEL_REQUIRED,
      .id = id_of(row, e),
      .field = row->field,
      .cause = row->cause,
      .retry_ns = pause_of(row, v->retry_ns),
  };
  v->check.title = write_text(v, row->title, e, false);
  v->check.detail = write_detail(v, e);
  v->check.remedy = write_text(v, row->remedy, e, false);
  v->check.link = link_of(v, e);
  bool word = (e->place & PLACE_ACT) != 0 && (e->seen & SEEN_PROBE) == 0;
  const char *verdict = row->word != NULL ? row->word : TENON_VERDICT_ERROR;
  verdict_add(v, TENON_DATA_VERDICT, word ? verdict : row->name);
  if (word)
    verdict_add(v, "symptom", row->name);
  add_witness(v, e);
  add_causes(v, e);
  verdict_add_cloud(v, e);
  add_signin(v, e);
  add_certificate(v, e);
}
