// SPDX-License-Identifier: Apache-2.0
/* Two connectors as a cloud in its last months has them: one that retires, and its successor. Their form is the kind that
 * administrators stumble over: a choice whose possibilities need explaining, fields that depend on it, a secret that is
 * found in one place only. Nothing is connected to; the role counts as missing unless the secret is "granted". */
#include <stdlib.h>
#include <string.h>

#include <tenon/plugin.h>

TENON_NOTE(
    "{\"abi\":[1,0],\"needs\":[],\"connectors\":["
    "{\"id\":\"cloud-old\",\"version\":\"1.0.0\",\"name\":\"Old cloud\",\"summary\":\"By the old "
    "door\","
    "\"roles\":[\"source\",\"target\"],\"retires\":\"2037-04-01\",\"successor\":\"harbour\","
    "\"requirements\":[{\"title\":\"A key\",\"detail\":\"Any key will do.\",\"needs\":\"Warden\"},"
    "{\"title\":\"A certificate\",\"when\":\"grant == 'certificate'\"}]},"
    "{\"id\":\"harbour\",\"version\":\"1.0.0\",\"name\":\"Harbour\",\"summary\":\"By the new "
    "door\","
    "\"roles\":[\"source\",\"target\"]},"
    "{\"id\":\"ruin\",\"version\":\"1.0.0\",\"name\":\"Ruin\",\"summary\":\"Long gone\","
    "\"roles\":[\"source\"],\"retires\":\"2001-01-01\",\"successor\":\"elsewhere\"}]}");

struct tenon_session {
  const tenon_host *host;
};

static tenon_status
hook_open(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
          tenon_session **ret)
{
  tenon_session *s = calloc(1, sizeof *s);

  (void)call;
  (void)sink;
  if (!s)
    return TENON_E_NOMEM;
  s->host = host;
  *ret = s;
  return TENON_OK;
}

static void
hook_close(tenon_session *s)
{
  free(s);
}

static int
is_granted(const tenon_session *s)
{
  tenon_text grant = {0};

  return s->host->value(s->host, "grant", &grant) == TENON_OK && grant.ptr &&
         strcmp(grant.ptr, "person") == 0;
}

static tenon_status
hook_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  tenon_check c = {.size = sizeof c,
                   .state = is_granted(s) ? TENON_PASS : TENON_FAIL,
                   .level = TENON_LEVEL_REQUIRED,
                   .id = "cloud.role",
                   .title = "Role",
                   .detail = "It was looked for.",
                   .remedy = "Have it assigned.",
                   .cause = is_granted(s) ? TENON_OK : TENON_E_DENIED};

  (void)call;
  sink->check(sink, &c);
  return TENON_OK;
}

static tenon_status
hook_impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
                 const tenon_sink *sink)
{
  tenon_text subject = {0};

  while (!call->cancelled(call) && source->next(source, &subject) == TENON_NEXT_SUBJECT) {
    tenon_check c = {.size = sizeof c,
                     .state = is_granted(s) ? TENON_PASS : TENON_FAIL,
                     .level = TENON_LEVEL_REQUIRED,
                     .id = "cloud.mailbox",
                     .title = "Mailbox",
                     .remedy = "Have the role assigned.",
                     .subject = subject.ptr,
                     .cause = is_granted(s) ? TENON_OK : TENON_E_DENIED};
    sink->check(sink, &c);
  }
  return TENON_OK;
}

static tenon_status
hook_configure(tenon_session *s, const tenon_call *call, uint32_t phase,
               const tenon_step *const *given, const tenon_sink *sink)
{
  const tenon_step consent = {.size = sizeof consent,
                              .state = is_granted(s) ? TENON_STEP_DONE : TENON_STEP_MISSING,
                              .id = "cloud.consent",
                              .title = "Consent to the application",
                              .kind = "cloud.visit/1",
                              .body = "https://login.example/consent?client_id=1",
                              .needs = "Global Administrator"};
  const tenon_step role = {.size = sizeof role,
                           .state = is_granted(s) ? TENON_STEP_DONE : TENON_STEP_UNKNOWN,
                           .id = "cloud.role",
                           .title = "Assign the role",
                           .kind = "cloud.cmdlet/1",
                           .body = "Add-Role",
                           .undo = "Remove-Role",
                           .needs = "Warden"};

  (void)call;
  (void)given;
  if (phase != TENON_PLAN)
    return TENON_E_UNSUPPORTED;
  sink->step(sink, &consent);
  sink->step(sink, &role);
  return TENON_OK;
}

static const tenon_choice grants[] = {
    {"client-secret", "An application, with a secret",
     "Acts as all mailboxes that it was permitted, and nobody has to sign in. Needs a registration "
     "with permissions, consent, and a secret, which ends after two years at the latest."},
    {"certificate", "An application, with a certificate",
     "The same, proven by a key that never leaves this machine. Needs the certificate uploaded to "
     "the registration, and the file with its key here."},
    {"person", "A person", "You sign in."},
    {NULL, NULL, NULL},
};

#define FIELD(page_, key_, label_, type_, flags_)                                                  \
  .size = sizeof(tenon_field), .type = (type_), .flags = (flags_), .page = (page_), .key = (key_), \
  .label = (label_)
static const tenon_page page_who = {
    .size = sizeof page_who, .id = "who", .title = "Admin's credentials"};
static const tenon_page page_app = {
    .size = sizeof page_app, .id = "app", .title = "Application details"};
static const tenon_page *const pages[] = {&page_who, &page_app, NULL};

static const tenon_field grant = {FIELD("who", "grant", "Access as", TENON_CHOICE, TENON_REQUIRED),
                                  .help = "To act as others it takes an application.",
                                  .preset = "client-secret", .choices = grants};
static const tenon_field client = {
    FIELD("app", "client_id", "Application ID", TENON_TEXT, TENON_REQUIRED),
    .help = "It stands on the page Overview.", .when = "grant != 'person'"};
static const tenon_field secret = {
    FIELD("app", "client_secret", "Client secret (the Value)", TENON_SECRET, TENON_REQUIRED),
    .help = "Column Value, which is shown once.", .when = "grant == 'client-secret'"};
static const tenon_field certificate = {
    FIELD("app", "client_certificate", "Certificate (file)", TENON_FILE, TENON_REQUIRED),
    .help = "PKCS#12 or PEM.", .when = "grant == 'certificate'"};
static const tenon_field test = {FIELD("app", "mailbox", "Mailbox to test with", TENON_TEXT, 0)};
static const tenon_field *const fields[] = {&grant, &client, &secret, &certificate, &test, NULL};

#define CONNECTOR(id_, name_, summary_, roles_)                                                    \
  .size = sizeof(tenon_connector), .id = (id_), .version = "1.0.0", .name = (name_),               \
  .summary = (summary_), .roles = (roles_), .schema = 1, .pages = pages, .fields = fields,         \
  .open = hook_open, .close = hook_close, .verify = hook_verify, .impersonate = hook_impersonate,  \
  .configure = hook_configure
static const tenon_connector old = {
    CONNECTOR("cloud-old", "Old cloud", "By the old door", TENON_SOURCE | TENON_TARGET),
    .retires = "2037-04-01", .successor = "harbour"};
static const tenon_connector harbour = {
    CONNECTOR("harbour", "Harbour", "By the new door", TENON_SOURCE | TENON_TARGET)};
static const tenon_connector ruin = {CONNECTOR("ruin", "Ruin", "Long gone", TENON_SOURCE),
                                     .retires = "2001-01-01", .successor = "elsewhere"};

TENON_MODULE(&old, &harbour, &ruin);
