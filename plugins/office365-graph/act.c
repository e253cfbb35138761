// SPDX-License-Identifier: Apache-2.0
//
// One mailbox: what is asked of it, and what the answers mean together. Knows nothing of how requests are sent, so that one
// mailbox in verify and a million in impersonate go the same way.
//
// Three questions: the directory's (who is that?), the settings' and the inbox's (may it be opened?). A fourth and a fifth
// only where those leave something open: an address that is nobody's user name may be somebody's second address, and a user
// without a mailbox may be a guest, or have it on premises.
#include "session.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#define WHO_FIELDS "id,mail,userPrincipalName,userType"

void
act_init(const struct tenon_session *s, struct act *act, const char *subject, size_t len)
{
  memset(act, 0, sizeof *act);
  struct kit_text text;
  kit_text_init(&text, act->subject, sizeof act->subject);
  kit_text_put_n(&text, subject, len);
  memcpy(act->id, act->subject, sizeof act->id);
  act->items = -1;
  act->wants = PART_BIT(PART_DIR) | PART_BIT(PART_BOX) | (s->app ? PART_BIT(PART_SET) : 0);
}

// ---- asking -------------------------------------------------------------------------------------

const char *
act_part_name(enum part part)
{
  static const char *const names[PARTS] = {"dir", "set", "box", "find", "why"};
  return names[part];
}

bool
act_is_outlook(enum part part)
{
  return part == PART_SET || part == PART_BOX;
}

static void
put_find(const struct act *act, struct kit_text *to)
{
  char proxy[MSGRAPH_ADDRESS_MAX + 8];
  struct kit_text text;
  kit_text_init(&text, proxy, sizeof proxy);
  kit_text_printf(&text, "smtp:%s", act->subject);
  kit_text_put(to, "/users?$filter=mail%20eq%20");
  graph_put_literal(to, act->subject);
  kit_text_put(to, "%20or%20proxyAddresses/any(a:a%20eq%20");
  graph_put_literal(to, proxy);
  kit_text_printf(to, ")&$top=%d&$select=" WHO_FIELDS, MSGRAPH_FOUND_MAX);
}

void
act_put_path(const struct act *act, enum part part, struct kit_text *to)
{
  if (part == PART_FIND) {
    put_find(act, to);
    return;
  }
  graph_put_user(to, act->id);
  switch (part) {
  case PART_SET: kit_text_put(to, "/mailboxSettings/automaticRepliesSetting"); break;
  case PART_BOX: kit_text_put(to, "/mailFolders/inbox?$select=id,totalItemCount"); break;
  case PART_WHY:
    kit_text_put(to,
                 "?$select=id,mail,userType,accountEnabled,onPremisesSyncEnabled,assignedPlans");
    break;
  default: kit_text_put(to, "?$select=" WHO_FIELDS); break;
  }
}

// ---- reading ------------------------------------------------------------------------------------

static const char *
text_of(const cJSON *object, const char *name)
{
  const char *text = kit_json_text(object, name);
  return text != NULL ? text : "";
}

static bool
flag_of(const cJSON *object, const char *name, bool *ret_known)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
  *ret_known = cJSON_IsBool(item);
  return cJSON_IsTrue(item);
}

// Null says that it may not be seen, which is not the same as none.
static void
take_plans(struct act *act, const cJSON *user)
{
  const cJSON *plans = kit_json_array(user, "assignedPlans"), *plan = NULL;
  act->plans_known = plans != NULL;
  cJSON_ArrayForEach(plan, plans)
  {
    const char *state = text_of(plan, "capabilityStatus");
    if (strcmp(text_of(plan, "service"), "exchange") == 0 &&
        (strcmp(state, "Enabled") == 0 || strcmp(state, "Warning") == 0))
      act->licensed = true;
  }
}

static void
take_user(struct act *act, const cJSON *user)
{
  const char *mail = text_of(user, "mail");
  act->guest = act->guest || strcasecmp(text_of(user, "userType"), "Guest") == 0;
  act->has_mail = act->has_mail || mail[0] != 0;
  if (mail[0] != 0 && kit_utf8_printable(mail, strlen(mail)))
    (void)kit_text_copy(act->mail, sizeof act->mail, mail);
}

static void
take_found(struct act *act, const cJSON *body)
{
  const cJSON *users = kit_json_array(body, "value"), *user = NULL;
  act->found = 0;
  cJSON_ArrayForEach(user, users)
  {
    const char *id = text_of(user, "id");
    // It goes into a path next: only what an id looks like.
    if (!cloud_is_guid(id) || act->found++ > 0)
      continue;
    (void)kit_text_copy(act->id, sizeof act->id, id);
    take_user(act, user);
  }
}

// A number as it is, or as text; a fraction counts as a whole second.
static int64_t
pause_of(const cJSON *headers)
{
  const cJSON *header = NULL;
  cJSON_ArrayForEach(header, headers)
  {
    if (header->string == NULL || strcasecmp(header->string, "Retry-After") != 0)
      continue;
    if (cJSON_IsString(header))
      return backoff_asked(header->valuestring, (int64_t)time(NULL));
    double s = cJSON_IsNumber(header) ? header->valuedouble : 0;
    if (!(s > 0))
      return 0;
    int64_t ns = s < 3600 ? (int64_t)s * 1000000000 : BACKOFF_ASKED_MAX_NS;
    return s < 3600 && s > (double)(int64_t)s ? ns + 1000000000 : ns;
  }
  return 0;
}

void
act_take(struct act *act, enum part part, int status, const cJSON *body, const cJSON *headers)
{
  struct part_answer *to = &act->parts[part];
  *to = (struct part_answer){.status = status};
  act->wants &= ~PART_BIT(part);
  if (status != 200) {
    graph_error_take(body, &to->error);
    to->pause_ns = pause_of(headers);
    return;
  }
  if (part == PART_DIR)
    take_user(act, body);
  else if (part == PART_FIND)
    take_found(act, body);
  else if (part == PART_BOX)
    (void)kit_json_whole(body, "totalItemCount", &act->items);
  if (part != PART_WHY)
    return;
  bool known = false;
  take_user(act, body);
  take_plans(act, body);
  act->synced = flag_of(body, "onPremisesSyncEnabled", &known);
  act->enabled = flag_of(body, "accountEnabled", &act->enabled_known);
}

// ---- judging ------------------------------------------------------------------------------------

static enum need
need_of(enum part part)
{
  return part == PART_SET ? NEED_SETTINGS : part == PART_BOX ? NEED_MAIL : NEED_DIRECTORY;
}

// A part as an answer of its own, so that a verdict reads it like any other.
static void
dress_up(const struct tenon_session *s, struct act *act, enum part part)
{
  const struct part_answer *p = &act->parts[part];
  struct kit_text text;
  size_t n = 0;
  kit_text_init(&text, act->tried, sizeof act->tried);
  kit_text_put(&text, "GET /users/");
  kit_text_put(&text, act->subject);
  kit_text_put(&text, part == PART_SET   ? "/mailboxSettings"
                      : part == PART_BOX ? "/mailFolders/inbox"
                                         : "");
  if (p->pause_ns > 0) {
    kit_text_init(&text, act->pause, sizeof act->pause);
    kit_text_printf(&text, "%d", (int)(p->pause_ns / 1000000000));
    act->headers[n++] = (tenon_pair){"Retry-After", {act->pause, text.len}};
  }
  if (p->error.request_id[0] != 0)
    act->headers[n++] =
        (tenon_pair){"request-id", {p->error.request_id, strlen(p->error.request_id)}};
  act->completion = (tenon_http_completion){
      .size = sizeof act->completion,
      .code = p->status != 0 ? p->status : 200,
      .label = "graph.batch",
      .url = s->root,
      .route = "direct",
      .headers = act->headers,
      .n_headers = n,
  };
}

static bool
is_known(const struct act *act)
{
  return act->parts[PART_DIR].status == 200 || act->found > 0 ||
         (act->parts[PART_DIR].status == 404 && act->parts[PART_FIND].status == 200);
}

static void
act_judge(struct tenon_session *s, struct act *act, enum part part, const char *finding,
          uint64_t more)
{
  const struct permission *wanted = permission_for(s, need_of(part));
  dress_up(s, act, part);
  struct verdict_evidence e = {
      .place = PLACE_ACT,
      .check = act->nobody ? TENON_CHECK_IMPERSONATE_ROLE : TENON_CHECK_IMPERSONATE_MAILBOX,
      .mailbox = act->subject,
      .server = s->server,
      .tried = act->tried,
      .finding = finding,
      .completion = &act->completion,
      .graph = &act->parts[part].error,
      .graph_code = act->completion.code,
      .permission = wanted->name,
      .seen = SEEN_SENT | more | (act->nobody ? SEEN_PROBE : 0),
  };
  if (s->claims.readable && !permission_held(s, wanted))
    e.seen |= SEEN_UNPERMITTED | (s->claims.permissions[0] == 0 ? SEEN_POWERLESS : 0);
  token_witness(s, &e);
  verdict_judge(&e, &s->verdict);
  verdict_add(&s->verdict, TENON_DATA_EXISTENCE, is_known(act) ? "known" : "unknown");
}

static enum act_step
fail(struct tenon_session *s, struct act *act, enum part part, const char *finding, uint64_t more)
{
  act_judge(s, act, part, finding, more);
  return ACT_DONE_FAILED;
}

static bool
is_busy(int status)
{
  return status == 0 || status == 429 || (status >= 500 && status != 501);
}

static enum act_step
busy(struct tenon_session *s, struct act *act, enum part part, unsigned again)
{
  const struct part_answer *p = &act->parts[part];
  int64_t now = s->host->now(s->host), pause = 0;
  const char *finding = p->status == 0 ? "graph-part-missing" : NULL;
  act->tries++;
  if (p->status != 0)
    pause = backoff_busy(&s->backoff, now, p->pause_ns);
  act->wants |= again;
  act_judge(s, act, part, finding, act->tries < BACKOFF_TRIES ? 0 : SEEN_AGAIN);
  if (act->tries < BACKOFF_TRIES)
    return ACT_AGAIN;
  if (s->verdict.check.cause == TENON_E_TRANSIENT && pause > 0)
    s->verdict.check.retry_ns = pause;
  act->wants = 0;
  return ACT_DONE_FAILED;
}

// What was asked and has no answer that lasts: the last one of them, and all of them as bits.
static unsigned
unanswered(const struct act *act, unsigned asked, enum part *ret)
{
  unsigned bits = 0;
  for (enum part part = 0; part < PARTS; part++)
    if ((asked & PART_BIT(part)) != 0 && is_busy(act->parts[part].status)) {
      // One that says how long beats one that says nothing.
      if (bits == 0 || act->parts[part].pause_ns > act->parts[*ret].pause_ns)
        *ret = part;
      bits |= PART_BIT(part);
    }
  return bits;
}

static enum act_step
look_for_address(struct act *act)
{
  act->wants = PART_BIT(PART_FIND);
  return ACT_AGAIN;
}

// Somebody has it as a second address: the same questions, by the id.
static enum act_step
ask_by_id(const struct tenon_session *s, struct act *act)
{
  act->wants = PART_BIT(PART_DIR) | PART_BIT(PART_BOX) | (s->app ? PART_BIT(PART_SET) : 0);
  for (enum part part = PART_DIR; part <= PART_BOX; part++)
    act->parts[part] = (struct part_answer){0};
  return ACT_AGAIN;
}

// Nobody has it as an id or a user name. 0: nothing is left to ask.
static bool
goes_on_without_user(const struct tenon_session *s, struct act *act, enum act_step *ret)
{
  if (act->nobody || act->parts[PART_DIR].status != 404)
    return false;
  if (act->parts[PART_FIND].status == 0) {
    *ret = look_for_address(act);
    return true;
  }
  if (act->found == 0 || act->id[0] == 0 || strcmp(act->id, act->subject) == 0)
    return false;
  *ret = ask_by_id(s, act);
  return true;
}

static const char *
finding_of(const struct act *act)
{
  if (act->guest)
    return "graph-guest";
  if (act->parts[PART_WHY].status != 200)
    return NULL;
  if (act->synced && act->has_mail)
    return "graph-on-premises";
  if (!act->plans_known)
    return NULL;
  if (act->licensed)
    return "graph-mailbox-pending";
  return act->enabled_known && !act->enabled ? "graph-account-disabled" : "graph-unlicensed";
}

// The codes for "no mailbox", which are also those for "no rights" where a person asks for another's folders.
static bool
is_without_mailbox(const struct tenon_session *s, const struct part_answer *p)
{
  bool folder = strcmp(p->error.code, "ErrorItemNotFound") == 0 ||
                strcmp(p->error.code, "ErrorFolderNotFound") == 0;
  return p->status == 404 && (s->app || !folder);
}

static enum act_step
without_mailbox(struct tenon_session *s, struct act *act, enum part part)
{
  bool user = act->parts[PART_DIR].status == 200;
  if (user && !act->guest && !act->nobody && act->parts[PART_WHY].status == 0) {
    act->wants = PART_BIT(PART_WHY);
    return ACT_AGAIN;
  }
  return fail(s, act, part, user ? finding_of(act) : NULL, 0);
}

// Is the mailbox that it could be compared with another one, and not tried yet?
static bool
needs_control(const struct tenon_session *s, const struct act *act, enum part part)
{
  return s->app && !act->control && !s->controlled && !s->acted && s->mailbox[0] != 0 &&
         !permission_held(s, permission_for(s, need_of(part))) &&
         strcasecmp(s->mailbox, act->subject) != 0 &&
         msgraph_address_fault(s->mailbox, strlen(s->mailbox)) == NULL;
}

static enum act_step
refused(struct tenon_session *s, struct act *act, enum part part, bool half)
{
  if (!half && needs_control(s, act, part))
    return ACT_CONTROL;
  // Half a mailbox is a missing permission; a scope takes all or nothing.
  bool held = s->claims.readable && permission_held(s, permission_for(s, need_of(part)));
  return fail(s, act, part, half && held ? "graph-half" : NULL, s->acted && !half ? SEEN_ACTED : 0);
}

// Which of the two says what is wrong.
static enum part
decisive(const struct tenon_session *s, const struct act *act)
{
  const struct part_answer *box = &act->parts[PART_BOX], *set = &act->parts[PART_SET];
  if (!s->app || box->status == 404)
    return PART_BOX;
  if (set->status == 404)
    return PART_SET;
  return box->status != 200 ? PART_BOX : PART_SET;
}

static enum act_step
opened(struct tenon_session *s, const struct act *act)
{
  s->acted = s->acted || !act->nobody;
  s->renewed = false; // the token is good: another one may be needed in an hour
  backoff_good(&s->backoff);
  return ACT_DONE_OK;
}

static bool
is_refused_token(const struct act *act, enum part *ret)
{
  for (*ret = PART_DIR; *ret < PARTS; ++*ret)
    if (act->parts[*ret].status == 401)
      return true;
  return false;
}

static enum act_step
by_new_token(struct tenon_session *s, struct act *act, enum part part)
{
  bool old = act->generation != s->generation;
  if (act->renewals >= MSGRAPH_RENEWALS_MAX || (!old && !token_may_renew(s)))
    return fail(s, act, part, token_is_foreign(s) ? "graph-audience" : NULL, 0);
  act->renewals++;
  for (enum part i = 0; i < PARTS; i++)
    if (act->parts[i].status == 401) {
      act->parts[i] = (struct part_answer){0};
      act->wants |= PART_BIT(i);
    }
  return old ? ACT_AGAIN : ACT_TOKEN;
}

// What was asked in all: the questions about the mailbox, and those that came to it.
static unsigned
asked_of(const struct tenon_session *s, const struct act *act)
{
  unsigned asked = PART_BIT(PART_DIR) | PART_BIT(PART_BOX) | (s->app ? PART_BIT(PART_SET) : 0);
  for (enum part part = PART_FIND; part < PARTS; part++)
    asked |= act->parts[part].status != 0 ? PART_BIT(part) : 0;
  return asked | act->wants;
}

enum act_step
act_next(struct tenon_session *s, struct act *act)
{
  enum part part = PART_BOX;
  enum act_step step = ACT_DONE_FAILED;
  if (is_refused_token(act, &part))
    return by_new_token(s, act, part);
  bool set = !s->app || act->parts[PART_SET].status == 200;
  if (act->parts[PART_BOX].status == 200 && set)
    return opened(s, act);
  unsigned again = unanswered(act, asked_of(s, act), &part);
  if (again != 0)
    return busy(s, act, part, again);
  if (goes_on_without_user(s, act, &step))
    return step;
  bool missing = act->parts[PART_DIR].status == 404;
  if (missing && (act->nobody || act->parts[PART_FIND].status == 200)) {
    // Made up: what it is refused by is what is looked for.
    part = decisive(s, act);
    bool told = act->nobody && act->parts[part].status == 403;
    return told ? refused(s, act, part, false) : fail(s, act, PART_DIR, NULL, SEEN_MISSING);
  }
  if (missing)
    return fail(s, act, PART_DIR, NULL, 0);
  part = decisive(s, act);
  if (is_without_mailbox(s, &act->parts[part]))
    return without_mailbox(s, act, part);
  bool half = s->app && (act->parts[PART_BOX].status == 200 || act->parts[PART_SET].status == 200);
  return act->parts[part].status == 403 ? refused(s, act, part, half) : fail(s, act, part, NULL, 0);
}
