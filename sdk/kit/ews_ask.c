// SPDX-License-Identifier: Apache-2.0
//
// One request and its answer. Stepping down to a version that the server knows happens here, so that
// nobody above has to think of it.
#include "ews_session.h"

#include <string.h>
#include <time.h>

bool
ews_session_init(struct ews_session *s)
{
  s->reader = soap_reader_create();
  signin_init(&s->signin, s->http, s->login, s->server.url);
  s->door_open = s->manner != NULL; // a cloud need not be asked whether it wants its token
  ews_ids_init(&s->ids);
  backoff_init(&s->backoff);
  ews_templates(s);
  return s->reader != NULL;
}

void
ews_session_finish(struct ews_session *s)
{
  signin_finish(&s->signin);
  soap_reader_destroy(s->reader);
}

void
ews_templates(struct ews_session *s)
{
  const char *version = ews_ladder_version(s->version);
  ews_convert_id(&s->templates[EWS_CONVERT_ID], version);
  ews_get_folder(&s->templates[EWS_GET_FOLDER], version, s->reach, s->identity);
  ews_resolve_names(&s->templates[EWS_RESOLVE_NAMES], version, s->identity, s->directory);
}

const char *
ews_user(const struct ews_session *s)
{
  if (s->manner != NULL)
    return s->account;
  return s->login->user != NULL ? s->login->user : "the ticket's owner";
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
    [EWS_CONVERT_ID] = {"ConvertId", "ews.convertid"},
    [EWS_GET_FOLDER] = {"GetFolder", "ews.getfolder"},
    [EWS_RESOLVE_NAMES] = {"ResolveNames", "ews.resolvenames"},
};

void
ews_prepare(struct ews_session *s, enum ews_operation operation, bool sign_in, const char *value,
            struct ews_request *fill, tenon_http_request *ret)
{
  char id[EWS_ID_MAX];
  ews_ids_next(&s->ids, id);
  // A SID is no address: the front end then finds the mailbox from the header alone.
  const char *anchor = operation == EWS_GET_FOLDER ? value : s->anchor;
  bool anchored = anchor[0] != 0 && s->identity != EWS_IDENTITY_SID && is_ascii(anchor);
  ews_request_fill(fill, &s->templates[operation], value, anchored ? anchor : NULL, id);
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
describe(const struct ews_session *s, enum ews_operation operation, uint32_t place,
         const char *value, struct ews_answer *answer)
{
  struct kit_text text;
  kit_text_init(&text, answer->tried, sizeof answer->tried);
  kit_text_put(&text, operations[operation].name);
  if (operation == EWS_RESOLVE_NAMES)
    kit_text_printf(&text, " of \"%.320s\"", value);
  if ((place & PLACE_OPEN) != 0)
    kit_text_put(&text, " without signing in");
  else if (place == PLACE_ACT && s->reach == EWS_REACH_DELEGATE)
    kit_text_printf(&text, " of the inbox of %.320s, as %s", value, ews_user(s));
  else if (place == PLACE_ACT)
    kit_text_printf(&text, " acting as %.320s", value);
  else
    kit_text_printf(&text, " as %s with %s", ews_user(s), signin_way_name(s->signin.way));
}

// What kind of server it is shows in some of its answers only, and holds for all of them. Exchange says
// its version with every answer that is no fault.
static void
note_kind(struct ews_session *s, struct ews_answer *answer)
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
wanted(const struct ews_session *s)
{
  switch (s->login->policy) {
  case SIGNIN_ONLY_BASIC: return SEEN_WANTS_BASIC;
  case SIGNIN_ONLY_NTLM: return SEEN_WANTS_NTLM;
  case SIGNIN_ONLY_NEGOTIATE: return SEEN_WANTS_NEGOTIATE;
  case SIGNIN_ONLY_TICKET:
    return SEEN_WANTS_NEGOTIATE |
           (s->login->ticket_cache != NULL && s->login->keytab == NULL ? SEEN_CACHE : 0);
  default: return 0;
  }
}

// By Date, which every server sends; a second or two is the way here.
static void
note_clock(struct ews_session *s, const tenon_http_completion *completion)
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
note_refusal(struct ews_session *s, uint32_t place, const struct ews_answer *answer)
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
ews_answer_read(struct ews_session *s, enum ews_operation operation, uint32_t place,
                const char *value, const tenon_http_completion *completion, struct ews_answer *ret)
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
  if (s->manner != NULL)
    s->manner->witness(s, &ret->evidence);
  verdict_gather(&ret->evidence, completion, s->reader, &ret->reply, &ret->challenge);
  note_kind(s, ret);
  if (!sent && (completion->code == 401 || verdict_is_ews(&ret->evidence)))
    signin_choose(&s->signin, &ret->challenge);
  if (completion->fault == TENON_HTTP_FAULT_GATE)
    ret->evidence.seen |= s->refused_seen;
  note_refusal(s, place, ret);
}

void
ews_answer_drop(struct ews_session *s, struct ews_answer *answer)
{
  if (answer->completion != NULL && answer->completion != &s->unsent)
    s->http->release(s->http, answer->completion);
  answer->completion = NULL;
}

bool
ews_steps_down(struct ews_session *s, const struct ews_answer *answer)
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
  ews_templates(s);
  return true;
}

bool
ews_opens(struct ews_session *s, const struct ews_answer *anonymous)
{
  bool asks = anonymous->completion->code == 401;
  s->door_open = (asks || verdict_is_ews(&anonymous->evidence)) &&
                 s->signin.way != SIGNIN_IMPOSSIBLE && s->signin.way != SIGNIN_UNDECIDED;
  return s->door_open;
}

void
ews_anew(struct ews_session *s)
{
  s->refused = s->stale = s->unproven = false;
  s->refused_seen = 0;
  s->refused_why[0] = 0;
  signin_reset(&s->signin);
}

tenon_status
ews_send(struct ews_session *s, const tenon_call *call, bool sign_in, tenon_http_request *request,
         const tenon_http_completion **ret)
{
  return sign_in ? signin_perform(&s->signin, call, request, ret)
                 : s->http->perform(s->http, call, request, ret);
}

tenon_status
ews_ready(struct ews_session *s, const tenon_call *call, bool *ret)
{
  *ret = true;
  if (s->manner == NULL)
    return TENON_OK;
  bool refused = s->stale;
  tenon_status status = s->manner->token(s, call, refused);
  if (status != TENON_OK)
    return status;
  *ret = s->login->secret != NULL;
  if (*ret && refused) {
    s->stale = false;
    s->unproven = true;
  }
  return TENON_OK;
}

bool
ews_renews(struct ews_session *s, const tenon_http_completion *completion, const tenon_secret *sent)
{
  bool gate = completion->fault == TENON_HTTP_FAULT_GATE;
  bool current = sent == s->login->secret;
  if (s->manner == NULL || sent == NULL)
    return false;
  if (completion->code != 401 && !gate) {
    if (completion->code != 0 && current)
      s->unproven = false;
    return false;
  }
  // Of several in flight the first has seen to it; the others were sent before and go again.
  if (!current || s->stale)
    return true;
  if (s->unproven)
    return false;
  s->stale = true;
  return true;
}

const tenon_http_completion *
ews_unsent(struct ews_session *s)
{
  s->unsent = (tenon_http_completion){
      .size = sizeof s->unsent,
      .fault = TENON_HTTP_FAULT_GATE,
      .status = TENON_E_AUTH,
      .label = operations[EWS_GET_FOLDER].label,
      .url = s->server.url,
      .reason = "not sent",
  };
  return &s->unsent;
}

tenon_status
ews_knock(struct ews_session *s, const tenon_call *call, uint32_t place, const char *value,
          struct ews_answer *ret)
{
  struct ews_request fill;
  tenon_http_request request;
  const tenon_http_completion *completion = NULL;
  if (s->door_open)
    return TENON_OK;
  ews_prepare(s, EWS_CONVERT_ID, false, s->admin, &fill, &request);
  tenon_status status = s->http->perform(s->http, call, &request, &completion);
  if (status != TENON_OK)
    return status;
  if (completion->status == TENON_E_CANCELLED || call->cancelled(call)) {
    s->http->release(s->http, completion);
    return TENON_E_CANCELLED;
  }
  ews_answer_read(s, EWS_CONVERT_ID, PLACE_OPEN | place, value, completion, ret);
  if (ews_opens(s, ret))
    ews_answer_drop(s, ret);
  return TENON_OK;
}

// One signed-in request, or one without a credential.
static tenon_status
send_one(struct ews_session *s, const tenon_call *call, enum ews_operation operation, bool sign_in,
         const char *value, struct ews_answer *answer, const tenon_http_completion **ret)
{
  struct ews_request fill;
  tenon_http_request request;
  bool ready = true;
  tenon_status status = sign_in ? ews_ready(s, call, &ready) : TENON_OK;
  if (status != TENON_OK)
    return status;
  answer->version = s->version;
  answer->sent = sign_in && s->manner != NULL ? s->login->secret : NULL;
  if (!ready) {
    *ret = ews_unsent(s);
    return TENON_OK;
  }
  ews_prepare(s, operation, sign_in, value, &fill, &request);
  status = ews_send(s, call, sign_in, &request, ret);
  if (status != TENON_OK)
    return status;
  if ((*ret)->status != TENON_E_CANCELLED && !call->cancelled(call))
    return TENON_OK;
  s->http->release(s->http, *ret);
  return TENON_E_CANCELLED;
}

tenon_status
ews_ask(struct ews_session *s, const tenon_call *call, enum ews_operation operation, uint32_t place,
        const char *value, struct ews_answer *ret)
{
  for (;;) {
    const tenon_http_completion *completion = NULL;
    tenon_status status = place == PLACE_OPEN ? TENON_OK : ews_knock(s, call, place, value, ret);
    if (status != TENON_OK || ret->completion != NULL)
      return status;
    status = send_one(s, call, operation, place != PLACE_OPEN, value, ret, &completion);
    if (status != TENON_OK)
      return status;
    if (ews_renews(s, completion, ret->sent)) {
      s->http->release(s->http, completion);
      continue;
    }
    ews_answer_read(s, operation, place, value, completion, ret);
    if (place == PLACE_OPEN || !ews_steps_down(s, ret))
      return TENON_OK;
    ews_answer_drop(s, ret);
  }
}

tenon_status
ews_ask_patiently(struct ews_session *s, const tenon_call *call, enum ews_operation operation,
                  uint32_t place, const char *value, struct ews_answer *ret)
{
  for (unsigned tries = 1;; tries++) {
    tenon_status status = ews_ask(s, call, operation, place, value, ret);
    if (status != TENON_OK)
      return status;
    const struct verdict_row *row = verdict_find(&ret->evidence);
    if (tries >= BACKOFF_TRIES)
      ret->evidence.seen |= SEEN_AGAIN;
    if (verdict_is_good(&ret->evidence) || row->retry != VERDICT_BACKOFF || tries >= BACKOFF_TRIES)
      return TENON_OK;
    verdict_judge(&ret->evidence, &s->verdict);
    int64_t pause = s->verdict.retry_ns;
    bool named = pause > 0 && pause <= EWS_VERIFY_PAUSE_NS;
    if (!named && row->cause == TENON_E_TRANSIENT)
      return TENON_OK;
    ews_answer_drop(s, ret);
    status = ews_sleep(s, call, pause);
    if (status != TENON_OK)
      return status;
  }
}

tenon_status
ews_sleep(struct ews_session *s, const tenon_call *call, int64_t ns)
{
  return backoff_sleep(s->host, call, ns);
}
