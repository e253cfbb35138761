// SPDX-License-Identifier: Apache-2.0
/* What Graph answers: any bytes are read as an error, as the answer to a batch and as what that means for a mailbox, and each
 * mailbox comes to a verdict or to something more to ask, whatever was said. */
#include <string.h>
#include <time.h>

#include "plugins/office365-graph/session.h"
#include "tests/fuzz/fuzz.h"

static int64_t
now(const tenon_host *host)
{
  (void)host;
  return 1;
}

static const tenon_host host = {.size = sizeof host, .now = now};

static bool
goes_on(struct tenon_session *s, struct act *act)
{
  enum act_step step = act_next(s, act);

  fuzz_hold(step <= ACT_CONTROL);
  if (step == ACT_AGAIN || step == ACT_TOKEN)
    fuzz_hold(act->wants != 0);
  if (step == ACT_DONE_FAILED)
    fuzz_hold(s->verdict.check.title && s->verdict.check.remedy && s->verdict.check.cause < 0);
  if (step == ACT_TOKEN) {
    s->renewed = true;
    s->generation++;
  }
  return step == ACT_AGAIN || step == ACT_TOKEN;
}

/* The same bytes are the answer to everything that is asked: it comes to an end. */
static void
act_on(struct tenon_session *s, const tenon_http_completion *completion)
{
  static struct act act;
  size_t asked = 0;

  act_init(s, &act, "alex@contoso.example", 20);
  for (bool more = true; more; asked++) {
    struct batch batch = {0};
    char body[MSGRAPH_BATCH_BYTES_MAX / 4];
    struct kit_text text;

    fuzz_hold(asked < 32 && batch_add(&batch, &act));
    kit_text_init(&text, body, sizeof body);
    batch_put(&batch, &text);
    fuzz_hold(!text.cut);
    act.generation = s->generation;
    if (!batch_take(&batch, completion))
      return;
    more = goes_on(s, &act);
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  static struct tenon_session s;
  struct graph_error error;
  tenon_http_completion completion = {
      .size = sizeof completion, .code = 200, .body = {(const char *)bytes, n}};

  graph_error_read((const char *)bytes, n, &error);
  fuzz_hold(memchr(error.code, 0, sizeof error.code) && memchr(error.text, 0, sizeof error.text));
  fuzz_hold(error.readable || error.code[0] == 0);
  for (int app = 0; app <= 1; app++) {
    memset(&s, 0, sizeof s);
    s.host = &host;
    s.app = app;
    s.resource = "https://graph.microsoft.com";
    s.mailbox = "";
    memcpy(s.root, "https://graph.microsoft.com", 28);
    s.answers.settings.cloud = cloud_find(NULL);
    backoff_init(&s.backoff);
    act_on(&s, &completion);
  }
  (void)graph_link_is_home("https://graph.microsoft.com", error.text);
  return 0;
}

#define BATCH(dir, set, box)                                                                       \
  "{\"responses\":[{\"id\":\"2.box\",\"status\":" box "},{\"id\":\"0.dir\",\"status\":" dir        \
  "},{\"id\":\"1.set\",\"status\":" set "},"                                                       \
  "{\"id\":\"1.box\",\"status\":" box "},{\"id\":\"0.find\",\"status\":" dir "},"                  \
  "{\"id\":\"0.why\",\"status\":" dir "},{\"id\":\"0.box\",\"status\":" box "}]}"
#define ERROR(code)                                                                                \
  ",\"headers\":{\"Retry-After\":\"2.128\"},\"body\":{\"error\":{\"code\":\"" code                 \
  "\",\"message\":\"words\",\"innerError\":{\"code\":\"429\",\"request-id\":\"0b\","               \
  "\"innererror\":"                                                                                \
  "{\"code\":\"inner\"}}}}"
#define USER                                                                                       \
  ",\"body\":{\"id\":\"10a1d484-cd1a-4162-a5a4-832370bac356\",\"mail\":\"a@b.c\",\"userType\":"    \
  "\"Guest\",\"onPremisesSyncEnabled\":true,\"accountEnabled\":false,\"assignedPlans\":[{"         \
  "\"service\":\"exchange\",\"capabilityStatus\":\"Enabled\"}],\"value\":[{\"id\":"                \
  "\"10a1d484-cd1a-4162-a5a4-832370bac357\",\"mail\":null}]}"

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    BATCH("200" USER, "200,\"body\":{\"status\":\"disabled\"}",
          "200,\"body\":{\"totalItemCount\":60}"),
    BATCH("404" ERROR("Request_ResourceNotFound"), "404" ERROR("ErrorInvalidUser"),
          "404" ERROR("MailboxNotEnabledForRESTAPI")),
    BATCH("200" USER, "403" ERROR("ErrorAccessDenied"), "403" ERROR("")),
    BATCH("429" ERROR("TooManyRequests"), "503" ERROR("x"),
          "401" ERROR("InvalidAuthenticationToken")),
    BATCH("200" USER, "404" ERROR("ResourceNotFound"), "404" ERROR("ErrorItemNotFound")),
    "{\"error\":{\"code\":\"\",\"message\":\"no\",\"innererror\":{\"date\":\"2026\"}}}",
    "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215\"}",
    "{\"responses\":[{\"id\":7,\"status\":\"200\"},{\"status\":1e99},[],null]}",
    "\xEF\xBB\xBF{\"responses\":[]}",
    "<html>busy</html>",
    NULL,
};
