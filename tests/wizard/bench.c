// SPDX-License-Identifier: Apache-2.0
/* Every step of every test writes the session out and reads it back, and compares the views: what cannot be resumed is
 * seen at the step that made it so. */
#include "tests/wizard/bench.h"

#include <stdio.h>
#include <string.h>

const char demo_catalog[] =
    "[{'id':'demo','name':'Demo','summary':'A server of the "
    "house','version':'1.0.0','family':'demo/1','kind':"
    "'connector','roles':['source','target'],'retires':'2027-04-01','successor':'later'},"
    "{'id':'later','name':'Later','summary':'What comes "
    "next','version':'1.0.0','kind':'connector'},"
    "{'id':'bad','name':'Bad','refused':'its file is writable by others'},"
    "{'id':'demo-probe','name':'Probe','version':'1.0.0','family':'demo/1','kind':'probe'}]";

const char demo_shape[] =
    "{'id':'demo','version':'1.0.0','name':'Demo','summary':'A server of the "
    "house','family':'demo/1',"
    "'kind':'connector','roles':['source','target'],'schema':3,'retires':'2027-04-01','successor':'"
    "later',"
    "'runs':['demo.step/1'],"
    "'hooks':['verify','suggest','impersonate','browse','configure'],"
    "'pages':[{'id':'credentials','title':'Admin`s credentials'},{'id':'server','title':'Server "
    "connection'}],"
    "'fields':["
    "{'key':'admin','page':'credentials','type':'email','label':'Administrator','required':true,'"
    "shared':true},"
    "{'key':'password','page':'credentials','type':'secret','label':'Password','required':true},"
    "{'key':'auth','page':'server','type':'choice','label':'Sign-in','preset':'auto','choices':[{'"
    "value':'auto'},"
    "{'value':'basic','label':'Basic'},{'value':'token'}]},"
    "{'key':'server','page':'server','type':'text','label':'Server','replaces':'host'},"
    "{'key':'code','page':'server','type':'secret','label':'Code','when':'auth == `token`'},"
    "{'key':'room','page':'server','type':'text','label':'Room','browse':'rooms'},"
    "{'key':'once','page':'server','type':'text','label':'Once','volatile':true}]}";

cJSON *
quoted(const char *text)
{
  CLEANUP_BUF struct buf b = BUF_INIT(1 << 20);
  const char *why = "";

  for (const char *p = text; *p; p++)
    (void)buf_putc(&b, *p == '\'' ? '"' : *p == '`' ? '\'' : *p);
  cJSON *value = json_parse(buf_text(&b), b.len, NULL, &why);
  ck_assert_msg(value != NULL, "%s: %s", why, buf_text(&b));
  return value;
}

void
bench_init(struct bench *b)
{
  *b = (struct bench){.session = wizard_create()};
  ck_assert_ptr_nonnull(b->session);
}

void
bench_finish(struct bench *b)
{
  cJSON_Delete(b->session);
  cJSON_Delete(b->effects);
  cJSON_Delete(b->view);
}

static void
write_and_read(struct bench *b)
{
  static const struct json_limits limits = {WIZARD_PRINT_MAX, WIZARD_DEPTH_MAX, WIZARD_VALUES_MAX};
  const char *why = "";
  CLEANUP_FREE char *text = json_print(b->session);
  CLEANUP_JSON cJSON *again = json_parse(text, strlen(text), &limits, &why);

  ck_assert_msg(again != NULL, "%s: %s", why, text);
  CLEANUP_JSON cJSON *view = wizard_view(again);
  ck_assert(cJSON_Compare(view, b->view, true));
  cJSON_Delete(b->session);
  b->session = TAKE_PTR(again);
}

void
send_event(struct bench *b, const char *quoted_event)
{
  CLEANUP_JSON cJSON *event = quoted(quoted_event);

  cJSON_Delete(b->effects);
  b->effects = NULL;
  ck_assert_int_eq(wizard_step(b->session, event, &b->effects), 0);
  cJSON_Delete(b->view);
  b->view = wizard_view(b->session);
  ck_assert_ptr_nonnull(b->view);
  write_and_read(b);
}

static void
send_made(struct bench *b, const char *fmt, const char *text)
{
  CLEANUP_FREE char *event = text_printf(fmt, text, generation(b));
  send_event(b, event);
}

static void
start_shaped(struct bench *b, const char *shape)
{
  bench_init(b);
  CLEANUP_FREE char *start =
      text_printf("{'event':'start','catalog':%s,'names':['taken']}", demo_catalog);
  send_event(b, start);
  send_event(b, "{'event':'choose','connector':'demo'}");
  send_made(b, "{'event':'described','connector':%s,'generation':%d}", shape);
  expect(b, "view", "form");
}

void
bench_start(struct bench *b)
{
  start_shaped(b, demo_shape);
}

void
bench_start_with(struct bench *b, const char *instead_of, const char *part)
{
  const char *where = strstr(demo_shape, instead_of);

  ck_assert_ptr_nonnull(where);
  CLEANUP_FREE char *shape = text_printf("%.*s%s%s", (int)(where - demo_shape), demo_shape, part,
                                         where + strlen(instead_of));
  start_shaped(b, shape);
}

void
bench_at_verification(struct bench *b)
{
  bench_start(b);
  send_event(b, "{'event':'answer','key':'admin','text':'root@corp.example'}");
  send_event(b, "{'event':'secret','key':'password','set':true}");
  send_event(b, "{'event':'next'}");
  end_hook(b, "ok");
  send_event(b, "{'event':'next'}");
  end_hook(b, "ok");
  expect(b, "view", "plan");
  send_event(b, "{'event':'next'}");
  expect(b, "view", "verification");
}

void
bench_verify(struct bench *b, const char *state, const char *field)
{
  send_event(b, "{'event':'verify'}");
  CLEANUP_FREE char *more = field ? text_printf(",'field':'%s'", field) : text_printf("%s", "");
  CLEANUP_FREE char *check = text_printf("{'event':'checked','check':{'id':'a.b','title':'Sign-in',"
                                         "'state':'%s','level':'required','remedy':"
                                         "'Do it.','cause':'auth'%s},'generation':%d}",
                                         state, more, generation(b));
  send_event(b, check);
  end_hook(b, "ok");
}

void
end_hook(struct bench *b, const char *status)
{
  send_made(b, "{'event':'ended','status':'%s','generation':%d}", status);
}

int
generation(const struct bench *b)
{
  const cJSON *n = cJSON_GetObjectItemCaseSensitive(json_object(b->session, "busy"), "generation");
  return n ? n->valueint : 0;
}

static const cJSON *
step_into(const cJSON *item, const char *name, size_t n)
{
  char word[64];
  const cJSON *element;

  (void)snprintf(word, sizeof word, "%.*s", (int)n, name);
  if (cJSON_IsObject(item))
    return cJSON_GetObjectItemCaseSensitive(item, word);
  if (word[0] >= '0' && word[0] <= '9')
    return cJSON_GetArrayItem(item, (int)strtol(word, NULL, 10));
  cJSON_ArrayForEach(element, item)
  {
    const char *key = json_text(element, "key"), *id = json_text(element, "id");
    if ((key && strcmp(key, word) == 0) || (id && strcmp(id, word) == 0))
      return element;
  }
  return NULL;
}

const char *
at(const struct bench *b, const char *path)
{
  static char number[32];
  const cJSON *item = b->view;

  while (item && *path) {
    size_t n = strcspn(path, ".");
    item = step_into(item, path, n);
    path += n + (path[n] == '.');
  }
  if (cJSON_IsTrue(item))
    return "true";
  if (!cJSON_IsNumber(item))
    return cJSON_GetStringValue(item);
  (void)snprintf(number, sizeof number, "%d", item->valueint);
  return number;
}

const char *
effect_at(const struct bench *b, int i)
{
  const char *name = json_text(cJSON_GetArrayItem(b->effects, i), "effect");
  return name ? name : "";
}

bool
can(const struct bench *b, const char *event)
{
  const cJSON *item;

  cJSON_ArrayForEach(item, json_array(b->view, "can"))
  {
    if (strcmp(item->valuestring, event) == 0)
      return true;
  }
  return false;
}
