// SPDX-License-Identifier: Apache-2.0
//
// One request and its answer. Stepping down to a version that the server knows happens here, so that
// nobody above has to think of it.
#include "session.h"

#include <poll.h>
#include <string.h>
#include <time.h>

const char *
session_user(const struct tenon_session *s)
{
  return s->login.user != NULL ? s->login.user : "the ticket's owner";
}

// A header's value is ASCII; an address that is not goes without the anchor.
static bool
is_ascii(const char *text)
{
  for (; *text != 0; text++)
    if ((unsigned char)*text >= 0x80)
      return false;
  return true;
}

static const struct {
  const char *name, *label;
} operations[] = {
    [OPERATION_CONVERT_ID] = {"ConvertId", "ews.convertid"},
    [OPERATION_GET_FOLDER] = {"GetFolder", "ews.getfolder"},
    [OPERATION_RESOLVE_NAMES] = {"ResolveNames", "ews.resolvenames"},
};

void
ask_prepare(struct tenon_session *s, enum operation operation, bool sign_in, const char *value,
            struct ews_request *fill, tenon_http_request *ret)
{
  char id[EWS_ID_MAX];
  ews_ids_next(&s->ids, id);
  // A SID is no address: the front end then finds the mailbox from the header alone.
  bool anchored =
      operation == OPERATION_GET_FOLDER && s->identity != EWS_IDENTITY_SID && is_ascii(value);
  ews_request_fill(fill, &s->templates[operation], value, anchored ? value : NULL, id);
  *ret = (tenon_http_request){
      .size = sizeof *ret,
      .label = sign_in ? operations[operation].label : "ews.anonymous",
      .method = "POST",
      .url = s->server.url,
      .headers = fill->headers,
      .n_headers = fill->n_headers,
      .body = fill->parts,
      .n_body = 3,
  };
}

static void
describe(const struct tenon_session *s, enum operation operation, uint32_t place, const char *value,
         struct answer *answer)
{
  struct kit_text text;
  kit_text_init(&text, answer->tried, sizeof answer->tried);
  kit_text_put(&text, operations[operation].name);
  if (operation == OPERATION_RESOLVE_NAMES)
    kit_text_printf(&text, " of \"%.320s\"", value);
  if ((place & PLACE_OPEN) != 0)
    kit_text_put(&text, " without signing in");
  else if (place == PLACE_ACT)
    kit_text_printf(&text, " acting as %.320s", value);
  else
    kit_text_printf(&text, " as %s with %s", session_user(s), signin_way_name(s->signin.way));
}

// What kind of server it is shows in some of its answers only, and holds for all of them. Exchange says
// its version with every answer that is no fault.
static void
note_kind(struct tenon_session *s, struct answer *answer)
{
  struct verdict_evidence *e = &answer->evidence;
  if ((e->seen & SEEN_EXCHANGE) != 0)
    s->exchange = true;
  bool unversioned = (e->seen & SEEN_SOAP) != 0 && !answer->reply.fault && answer->reply.answered &&
                     answer->reply.build.major == 0;
  if (unversioned || (e->seen & SEEN_STRANGER) != 0)
    s->stranger = true;
  e->seen &= ~SEEN_STRANGER;
  if (s->stranger && !s->exchange)
    e->seen |= SEEN_STRANGER;
  if (s->acted)
    e->seen |= SEEN_ACTED;
}

static uint64_t
wanted(const struct tenon_session *s)
{
  switch (s->login.policy) {
  case SIGNIN_ONLY_BASIC: return SEEN_WANTS_BASIC;
  case SIGNIN_ONLY_NTLM: return SEEN_WANTS_NTLM;
  case SIGNIN_ONLY_NEGOTIATE: return SEEN_WANTS_NEGOTIATE;
  case SIGNIN_ONLY_TICKET:
    return SEEN_WANTS_NEGOTIATE |
           (s->login.ticket_cache != NULL && s->login.keytab == NULL ? SEEN_CACHE : 0);
  default: return 0;
  }
}

// By Date, which every server sends; a second or two is the way here.
static void
note_clock(struct tenon_session *s, const tenon_http_completion *completion)
{
  const char *date = verdict_header(completion, "Date").ptr;
  struct tm tm = {0};
  if (date != NULL && strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm) != NULL)
    s->skew_s = (int64_t)timegm(&tm) - (int64_t)time(NULL);
}

// A failure of the sign-in that the next request would meet as well.
static bool
lasts(const tenon_http_completion *completion)
{
  const tenon_http_signin *facts = completion->signin;
  return facts != NULL && facts->fault != TENON_HTTP_SIGNIN_OK &&
         facts->fault != TENON_HTTP_SIGNIN_CONNECTION && facts->fault != TENON_HTTP_SIGNIN_PROTOCOL;
}

// After a sign-in that failed for good nothing more is sent by this hook.
static void
note_refusal(struct tenon_session *s, uint32_t place, const struct answer *answer)
{
  const tenon_http_completion *completion = answer->completion;
  bool sent = (place & PLACE_OPEN) == 0;
  bool asked = completion->code == 401;
  bool no_basic = (answer->evidence.seen & (SEEN_CHALLENGE | SEEN_BASIC)) == SEEN_CHALLENGE;
  if (completion->fault == TENON_HTTP_FAULT_GATE || s->refused)
    return;
  if (sent && lasts(completion) && !asked)
    s->refused_seen = SEEN_FAILED;
  else if (asked && sent && s->signin.way == SIGNIN_BASIC && no_basic)
    s->refused_seen = SEEN_UNOFFERED;
  else if (asked && !sent && place != PLACE_OPEN && s->signin.way == SIGNIN_IMPOSSIBLE)
    s->refused_seen = SEEN_UNOFFERED;
  else if (!(asked && sent))
    return;
  s->refused = true;
  struct kit_text why;
  kit_text_init(&why, s->refused_why, sizeof s->refused_why);
  verdict_expand(&why, verdict_find(&answer->evidence)->title, &answer->evidence, false);
}

void
answer_read(struct tenon_session *s, enum operation operation, uint32_t place, const char *value,
            const tenon_http_completion *completion, struct answer *ret)
{
  describe(s, operation, place, value, ret);
  ret->completion = completion;
  ret->evidence = (struct verdict_evidence){
      .place = place,
      .account = s->account,
      .mailbox = (place & PLACE_ACT) != 0 ? value : s->admin,
      .server = s->server.authority,
      .tried = ret->tried,
      .signin = signin_check(&s->signin),
      .way = signin_way_name(s->signin.way),
      .passed = completion->fault != TENON_HTTP_FAULT_GATE ? s->signin.passed_buffer : NULL,
      .before = s->refused_why,
      .skew_s = s->skew_s,
      .seen = wanted(s),
  };
  bool sent = (place & PLACE_OPEN) == 0;
  if (sent)
    ret->evidence.seen |= SEEN_SENT;
  if (strchr(s->account, '\\') != NULL)
    ret->evidence.seen |= SEEN_DOMAIN;
  if (s->identity == EWS_IDENTITY_SID)
    ret->evidence.seen |= SEEN_SID;
  note_clock(s, completion);
  verdict_gather(&ret->evidence, completion, s->reader, &ret->reply, &ret->challenge);
  note_kind(s, ret);
  if (!sent && (completion->code == 401 || verdict_is_ews(&ret->evidence)))
    signin_choose(&s->signin, &ret->challenge);
  if (completion->fault == TENON_HTTP_FAULT_GATE)
    ret->evidence.seen |= s->refused_seen;
  note_refusal(s, place, ret);
}

void
answer_drop(struct tenon_session *s, struct answer *answer)
{
  if (answer->completion != NULL)
    s->http->release(s->http, answer->completion);
  answer->completion = NULL;
}

bool
ask_steps_down(struct tenon_session *s, const struct answer *answer)
{
  if (!verdict_is_ews(&answer->evidence))
    return false;
  const char *code = soap_reply_code(&answer->reply);
  bool too_new = ews_ladder_steps_down(code);
  // Of several in flight the first takes the step; the others were sent before it and go again.
  if (too_new && answer->version < s->version)
    return true;
  // Once a version was taken, "invalid request" is about the request and not about the version.
  if (too_new && s->version_known && strcmp(code, "ErrorInvalidRequest") == 0)
    return false;
  if (!too_new && code[0] != 0)
    s->version_known = true;
  if (!too_new || ews_ladder_version(s->version + 1) == NULL)
    return false;
  s->version++;
  session_templates(s);
  return true;
}

bool
ask_opens(struct tenon_session *s, const struct answer *anonymous)
{
  bool asks = anonymous->completion->code == 401;
  s->door_open = (asks || verdict_is_ews(&anonymous->evidence)) &&
                 s->signin.way != SIGNIN_IMPOSSIBLE && s->signin.way != SIGNIN_UNDECIDED;
  return s->door_open;
}

void
ask_anew(struct tenon_session *s)
{
  s->refused = false;
  s->refused_seen = 0;
  s->refused_why[0] = 0;
  signin_reset(&s->signin);
}

tenon_status
ask_send(struct tenon_session *s, const tenon_call *call, bool sign_in, tenon_http_request *request,
         const tenon_http_completion **ret)
{
  return sign_in ? signin_perform(&s->signin, call, request, ret)
                 : s->http->perform(s->http, call, request, ret);
}

tenon_status
ask_door(struct tenon_session *s, const tenon_call *call, uint32_t place, const char *value,
         struct answer *ret)
{
  struct ews_request fill;
  tenon_http_request request;
  const tenon_http_completion *completion = NULL;
  if (s->door_open)
    return TENON_OK;
  ask_prepare(s, OPERATION_CONVERT_ID, false, s->admin, &fill, &request);
  tenon_status status = s->http->perform(s->http, call, &request, &completion);
  if (status != TENON_OK)
    return status;
  if (completion->status == TENON_E_CANCELLED || call->cancelled(call)) {
    s->http->release(s->http, completion);
    return TENON_E_CANCELLED;
  }
  answer_read(s, OPERATION_CONVERT_ID, PLACE_OPEN | place, value, completion, ret);
  if (ask_opens(s, ret))
    answer_drop(s, ret);
  return TENON_OK;
}

tenon_status
ask(struct tenon_session *s, const tenon_call *call, enum operation operation, uint32_t place,
    const char *value, struct answer *ret)
{
  for (;;) {
    struct ews_request fill;
    tenon_http_request request;
    const tenon_http_completion *completion = NULL;
    tenon_status status = place == PLACE_OPEN ? TENON_OK : ask_door(s, call, place, value, ret);
    if (status != TENON_OK || ret->completion != NULL)
      return status;
    ret->version = s->version;
    ask_prepare(s, operation, place != PLACE_OPEN, value, &fill, &request);
    status = ask_send(s, call, place != PLACE_OPEN, &request, &completion);
    if (status != TENON_OK)
      return status;
    if (completion->status == TENON_E_CANCELLED || call->cancelled(call)) {
      s->http->release(s->http, completion);
      return TENON_E_CANCELLED;
    }
    answer_read(s, operation, place, value, completion, ret);
    if (place == PLACE_OPEN || !ask_steps_down(s, ret))
      return TENON_OK;
    answer_drop(s, ret);
  }
}

tenon_status
ask_patiently(struct tenon_session *s, const tenon_call *call, enum operation operation,
              uint32_t place, const char *value, struct answer *ret)
{
  for (unsigned tries = 1;; tries++) {
    tenon_status status = ask(s, call, operation, place, value, ret);
    if (status != TENON_OK)
      return status;
    const struct verdict_row *row = verdict_find(&ret->evidence);
    if (tries >= BACKOFF_TRIES)
      ret->evidence.seen |= SEEN_AGAIN;
    if (verdict_is_good(&ret->evidence) || row->retry != VERDICT_BACKOFF || tries >= BACKOFF_TRIES)
      return TENON_OK;
    verdict_judge(&ret->evidence, &s->verdict);
    int64_t pause = s->verdict.retry_ns;
    bool named = pause > 0 && pause <= ONPREM_VERIFY_PAUSE_NS;
    if (!named && row->cause == TENON_E_TRANSIENT)
      return TENON_OK;
    answer_drop(s, ret);
    status = ask_sleep(s, call, pause);
    if (status != TENON_OK)
      return status;
  }
}

tenon_status
ask_sleep(struct tenon_session *s, const tenon_call *call, int64_t ns)
{
  int64_t end = s->host->now(s->host) + ns;
  for (;;) {
    if (call->cancelled(call))
      return TENON_E_CANCELLED;
    int64_t left = end - s->host->now(s->host);
    if (left <= 0)
      return TENON_OK;
    int64_t ms = (left + 999999) / 1000000;
    struct pollfd fd = {.fd = call->cancel_fd, .events = POLLIN};
    (void)poll(&fd, 1, ms < ONPREM_POLL_MS ? (int)ms : ONPREM_POLL_MS);
  }
}
