// SPDX-License-Identifier: Apache-2.0
//
// The words of a verdict: what stands for {server} or {offered} in a row, taken from the evidence.
#include "verdict_text.h"

#include "backoff.h"

#include <string.h>
#include <time.h>

// ---- values -----------------------------------------------------------------------------------

// Of the server, or of the proxy where that is what failed.
static const tenon_http_tls *
tls_of(const struct verdict_evidence *e)
{
  const tenon_http_completion *c = e->completion;
  if (c == NULL)
    return NULL;
  return c->fault == TENON_HTTP_FAULT_PROXY ? c->proxy_tls : c->tls;
}

const tenon_http_certificate *
verdict_leaf(const struct verdict_evidence *e)
{
  const tenon_http_tls *tls = tls_of(e);
  return tls != NULL && tls->n_chain > 0 ? tls->chain[0] : NULL;
}

// The end of the chain that was sent: what it was issued by is what is missing here.
const tenon_http_certificate *
verdict_top(const struct verdict_evidence *e)
{
  const tenon_http_tls *tls = tls_of(e);
  return tls != NULL ? verdict_chain_end(tls) : NULL;
}

const char *
verdict_issuer(const struct verdict_evidence *e)
{
  const tenon_http_certificate *first = verdict_leaf(e);
  const tenon_http_certificate *last = verdict_top(e);
  const tenon_http_tls *tls = tls_of(e);
  if (tls == NULL || first == NULL || last == NULL)
    return NULL;
  return tls->verdict == TENON_HTTP_TLS_UNTRUSTED ? last->issuer : first->issuer;
}

void
verdict_put_by(struct kit_text *to, const struct verdict_evidence *e)
{
  const tenon_http_completion *c = e->completion;
  // Over plain http a proxy answers in the server's name.
  bool plain = verdict_is_proxied(e) && c->url != NULL && strncmp(c->url, "http://", 7) == 0;
  if ((c != NULL && c->fault == TENON_HTTP_FAULT_PROXY) ||
      (plain && verdict_header(c, "X-Squid-Error").ptr != NULL)) {
    verdict_put_proxy_by(to, e);
    return;
  }
  tenon_text front = verdict_header(e->completion, "X-FEServer");
  tenon_text server = verdict_header(e->completion, "Server");
  tenon_text via = verdict_header(e->completion, "Via");
  if (e->token != NULL)
    kit_text_put(to, (e->place & PLACE_IMDS) != 0 ? "the metadata service" : "Entra ID");
  else if (e->graph != NULL && e->graph->readable)
    kit_text_put(to, "Microsoft Graph");
  else if (front.ptr != NULL)
    kit_text_printf(to, "Exchange (%.64s)", front.ptr);
  else if ((e->seen & SEEN_EXCHANGE) != 0)
    kit_text_put(to, "Exchange");
  else if ((e->seen & SEEN_LOGON) != 0)
    kit_text_put(to, "a web sign-in page");
  else if (server.ptr != NULL)
    kit_text_printf(to, "%.64s", server.ptr);
  else
    kit_text_put(to, "a server that does not say what it is");
  if (via.ptr != NULL)
    kit_text_printf(to, ", via %.64s", via.ptr);
  if (plain)
    kit_text_put(to, ", or the proxy in its name");
}

void
verdict_put_got(struct kit_text *to, const struct verdict_evidence *e)
{
  const tenon_http_completion *c = e->completion;
  if (c == NULL)
    return;
  if (c->code == 0) {
    kit_text_put(to, c->reason);
    return;
  }
  kit_text_printf(to, "HTTP %d", c->code);
  if (e->soap != NULL && e->soap->code[0] != 0)
    kit_text_printf(to, ", %s", e->soap->code);
  if (e->soap != NULL && e->soap->inner_code[0] != 0)
    kit_text_printf(to, " (%s)", e->soap->inner_code);
  if (e->graph != NULL && e->graph->code[0] != 0)
    kit_text_printf(to, ", %s", e->graph->code);
  if (e->token != NULL && verdict_aadsts(e) != 0)
    kit_text_printf(to, ", AADSTS%u", (unsigned)verdict_aadsts(e));
  if (e->token != NULL && e->token->error[0] != 0)
    kit_text_printf(to, " %s", e->token->error);
}

int64_t
verdict_asked_pause(const struct verdict_evidence *e)
{
  if (e->soap != NULL && e->soap->backoff_ns > 0)
    return e->soap->backoff_ns;
  return backoff_asked(verdict_header(e->completion, "Retry-After").ptr, (int64_t)time(NULL));
}

static void
put_host(struct kit_text *to, const char *server, bool port)
{
  const char *colon = strrchr(server, ':');
  if (colon != NULL && (strchr(colon, ']') != NULL || strchr(server, ':') != colon))
    colon = server[0] == '[' && colon[-1] == ']' ? colon : NULL;
  if (port)
    kit_text_put(to, colon != NULL ? colon + 1 : "443");
  else if (colon != NULL)
    kit_text_put_n(to, server, (size_t)(colon - server));
  else
    kit_text_put(to, server);
}

static void
put_wait(struct kit_text *to, const struct verdict_evidence *e)
{
  int64_t pause = verdict_asked_pause(e);
  if (pause > 0)
    kit_text_put_duration(to, pause);
  else
    kit_text_put(to, "a minute");
}

static const char *
value_of_certificate(const struct verdict_evidence *e, const char *name)
{
  const tenon_http_certificate *cert = verdict_leaf(e);
  if (cert == NULL)
    return NULL;
  if (strcmp(name, "subject") == 0)
    return cert->subject;
  if (strcmp(name, "names") == 0)
    return cert->names != NULL && cert->names[0] != 0 ? cert->names : cert->subject;
  return strcmp(name, "pin") == 0 ? cert->pin : verdict_issuer(e);
}

static bool
put_date(struct kit_text *to, const struct verdict_evidence *e, const char *name)
{
  const tenon_http_certificate *cert = verdict_leaf(e);
  if (strcmp(name, "since") != 0 && strcmp(name, "until") != 0)
    return false;
  if (cert != NULL)
    kit_text_put_date(to, name[0] == 's' ? cert->not_before : cert->not_after);
  else
    kit_text_put(to, "an unknown day");
  return true;
}

static bool
put_computed(struct kit_text *to, const struct verdict_evidence *e, const char *name)
{
  if (strcmp(name, "by") == 0)
    verdict_put_by(to, e);
  else if (strcmp(name, "wait") == 0)
    put_wait(to, e);
  else if (strcmp(name, "host") == 0)
    put_host(to, e->server, false);
  else if (strcmp(name, "port") == 0)
    put_host(to, e->server, true);
  else if (strcmp(name, "http") == 0)
    kit_text_printf(to, "HTTP %d", e->completion != NULL ? e->completion->code : 0);
  else
    return verdict_put_word(to, e, name) || put_date(to, e, name);
  return true;
}

static const char *
or_empty(const char *text)
{
  return text != NULL ? text : "";
}

static const char *
type_of(const tenon_http_completion *c)
{
  const char *type = verdict_header(c, "Content-Type").ptr;
  return type != NULL && type[0] != 0 ? type : "a body of no type";
}

// Of whichever of the two was spoken.
static const char *
code_of(const struct verdict_evidence *e)
{
  if (e->soap != NULL)
    return soap_reply_code(e->soap);
  if (e->graph == NULL)
    return "";
  return e->graph->code[0] != 0 ? e->graph->code : "no code";
}

static const char *
sentence_of(const struct verdict_evidence *e)
{
  if (e->soap != NULL)
    return e->soap->text;
  return e->graph != NULL ? e->graph->text : "";
}

static const char *
plain_value(const struct verdict_evidence *e, const char *name)
{
  const tenon_http_completion *c = e->completion;
  const struct {
    const char *name, *value;
  } values[] = {
      {"server", e->server},
      {"account", e->account},
      {"mailbox", e->mailbox != NULL ? e->mailbox : e->account},
      {"tried", e->tried != NULL ? e->tried : "The request"},
      {"found", or_empty(e->found)},
      {"url", c != NULL ? c->url : NULL},
      {"reason", c != NULL ? or_empty(c->reason) : ""},
      {"route", c != NULL ? or_empty(c->route) : ""},
      {"offered",
       e->challenge != NULL && e->challenge->text[0] != 0 ? e->challenge->text : "nothing"},
      {"code", code_of(e)},
      {"text", sentence_of(e)},
      {"why", e->soap != NULL ? e->soap->why : ""},
      {"right", e->soap != NULL ? e->soap->address : ""},
      {"type", type_of(c)},
      {"location", or_empty(verdict_header(c, "Location").ptr)},
      {"policy", or_empty(verdict_header(c, "X-EWS-Policy-Reason").ptr)},
  };
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (strcmp(values[i].name, name) == 0)
      return values[i].value;
  static const char *const of_certificate[] = {"subject", "names", "issuer", "pin"};
  for (size_t i = 0; i < sizeof of_certificate / sizeof *of_certificate; i++)
    if (strcmp(of_certificate[i], name) == 0)
      return or_empty(value_of_certificate(e, name));
  return NULL;
}

static const char *const place_names[] = {
    "found", "server", "account", "mailbox", "tried",    "url",    "reason",  "route", "offered",
    "code",  "text",   "why",     "right",   "location", "policy", "subject", "names", "issuer",
    "pin",   "by",     "wait",    "host",    "port",     "http",   "since",   "until", "type",
};

static bool
is_place(const char *name)
{
  for (size_t i = 0; i < sizeof place_names / sizeof *place_names; i++)
    if (strcmp(place_names[i], name) == 0)
      return true;
  return verdict_is_word(name);
}

// ---- writing ----------------------------------------------------------------------------------

// Which quotes a line of a command takes: those of a shell, or those of PowerShell, whose commands
// begin with a capital letter or a parenthesis.
// QUOTING_INSIDE: between double quotes of PowerShell.
enum quoting { QUOTING_NONE, QUOTING_SHELL, QUOTING_POWERSHELL, QUOTING_INSIDE };

static enum quoting
quoting_of(const char *line)
{
  return *line >= 'a' && *line <= 'z' ? QUOTING_SHELL : QUOTING_POWERSHELL;
}

// Where a line of PowerShell is: in code, in a string, or in the code of a $( ) within a string.
struct spot {
  char string;      // the quote that it began with, or 0
  unsigned nesting; // open parentheses of the $( ) within it
};

static void
move_spot(struct spot *spot, const char *text, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    char c = text[i];
    if (spot->nesting > 0)
      spot->nesting += (c == '(') - (unsigned)(c == ')');
    else if (spot->string == '"' && c == '(' && i > 0 && text[i - 1] == '$')
      spot->nesting = 1;
    else if (spot->string == c)
      spot->string = 0;
    else if (spot->string == 0 && (c == '"' || c == '\''))
      spot->string = c;
  }
}

static enum quoting
quoting_at(const struct spot *spot, enum quoting line)
{
  bool inside = spot->string == '"' && spot->nesting == 0;
  return line == QUOTING_POWERSHELL && inside ? QUOTING_INSIDE : line;
}

// Bytes of a character that ends a literal in single quotes: ' everywhere, and in PowerShell also
// U+2018 to U+201B.
static size_t
closing_quote(const char *p, enum quoting quoting)
{
  if (*p == '\'')
    return 1;
  return quoting == QUOTING_POWERSHELL && strncmp(p, "\xe2\x80", 2) == 0 &&
                 (unsigned char)p[2] >= 0x98 && (unsigned char)p[2] <= 0x9b
             ? 3
             : 0;
}

// Bytes of a character that means something between double quotes of PowerShell: an expression, a backtick, an end,
// which U+201C to U+201E are too.
static size_t
active_character(const char *p)
{
  if (*p == '$' || *p == '`' || *p == '"')
    return 1;
  return strncmp(p, "\xe2\x80", 2) == 0 && (unsigned char)p[2] >= 0x9c &&
                 (unsigned char)p[2] <= 0x9e
             ? 3
             : 0;
}

// Between double quotes the value is a literal of whatever the string is for, a filter, and still no expression.
static void
put_inside(struct kit_text *to, const char *value)
{
  kit_text_put(to, "'");
  for (const char *p = value; *p != 0;) {
    size_t active = active_character(p), n = active != 0 ? active : 1;
    kit_text_put(to, active != 0 ? "`" : *p == '\'' ? "'" : "");
    if ((unsigned char)*p < ' ' || *p == 0x7f)
      kit_text_put(to, "?");
    else
      kit_text_put_n(to, p, n);
    p += n;
  }
  kit_text_put(to, "'");
}

// A value is one literal, whatever is in it: it comes from a list or a server, and goes into a
// window with an administrator's rights. A plain word needs no quotes in a shell.
static void
put_quoted(struct kit_text *to, const char *value, enum quoting quoting)
{
  if (quoting == QUOTING_INSIDE) {
    put_inside(to, value);
    return;
  }
  static const char plain[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@._-+/:";
  if (quoting == QUOTING_SHELL && value[0] != 0 && value[0] != '-' &&
      value[strspn(value, plain)] == 0) {
    kit_text_put(to, value);
    return;
  }
  kit_text_put(to, "'");
  for (const char *p = value; *p != 0;) {
    size_t quote = closing_quote(p, quoting);
    size_t n = quote != 0 ? quote : 1;
    if ((unsigned char)*p < ' ' || *p == 0x7f)
      kit_text_put(to, "?");
    else
      kit_text_put_n(to, p, n);
    if (quote != 0 && quoting == QUOTING_POWERSHELL)
      kit_text_put_n(to, p, n);
    else if (quote != 0)
      kit_text_put(to, "\\''");
    p += n;
  }
  kit_text_put(to, "'");
}

// What the host says of a failure is a clause; here it is a sentence, or the end of one.
static void
put_reason(struct kit_text *to, const char *reason)
{
  size_t n = strlen(reason);
  bool opens = to->len >= 2 && memcmp(to->ptr + to->len - 2, ". ", 2) == 0;
  if (opens && (strncmp(reason, "the ", 4) == 0 || strncmp(reason, "no ", 3) == 0)) {
    kit_text_put(to, *reason == 't' ? "T" : "N");
    reason++;
    n--;
  }
  kit_text_put(to, reason);
  if (n > 0 && reason[n - 1] != '.')
    kit_text_put(to, ".");
}

static void
put_place(struct kit_text *to, const char *name, const struct verdict_evidence *e,
          enum quoting quoting)
{
  if (e == NULL) {
    for (const char *p = name; *p != 0 && !verdict_is_raw_word(name); p++) {
      char upper = (char)(*p - 'a' + 'A');
      kit_text_put_n(to, &upper, 1);
    }
    return;
  }
  char buffer[VERDICT_VALUE_MAX];
  struct kit_text computed;
  kit_text_init(&computed, buffer, sizeof buffer);
  if (!put_computed(&computed, e, name))
    kit_text_put(&computed, plain_value(e, name));
  if (computed.cut)
    memcpy(buffer + computed.len - 3, "...", 3);
  if (quoting != QUOTING_NONE && !verdict_is_raw_word(name))
    put_quoted(to, buffer, quoting);
  else if (strcmp(name, "reason") == 0)
    put_reason(to, buffer);
  else
    kit_text_put(to, buffer);
}

void
verdict_expand(struct kit_text *to, const char *text, const struct verdict_evidence *e,
               bool command)
{
  enum quoting quoting = command ? quoting_of(text) : QUOTING_NONE;
  struct spot spot = {0, 0};
  for (;;) {
    size_t n = strcspn(text, "{\n");
    kit_text_put_n(to, text, n);
    move_spot(&spot, text, n);
    text += n;
    if (command && *text == '\n') {
      quoting = quoting_of(text + 1);
      spot = (struct spot){0, 0};
    }
    if (*text == 0)
      return;
    char name[16];
    size_t len = strcspn(text + 1, "}");
    if (len < sizeof name) {
      memcpy(name, text + 1, len);
      name[len] = 0;
      if (text[1 + len] == '}' && is_place(name)) {
        put_place(to, name, e, quoting_at(&spot, quoting));
        text += len + 2;
        continue;
      }
    }
    kit_text_put_n(to, text++, 1);
  }
}
