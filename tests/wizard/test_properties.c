// SPDX-License-Identifier: Apache-2.0
/* What has to hold whatever is done: generated sequences of events, sensible and senseless, and sessions that were
 * damaged on disk. The generator is seeded, so that a failure comes again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/wizard/bench.h"

#define WALKS   60
#define STEPS   80
#define DAMAGES 1500
#define CANARY  "c4n4ry-secret"

static struct bench b;
static uint64_t state;

static uint32_t
dice(uint32_t n)
{
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 33) % n;
}

static void
finish(void)
{
  bench_finish(&b);
}

/* %d is the running generation. */
static const char *const pool[] = {
    "{'event':'next'}",
    "{'event':'next'}",
    "{'event':'next'}",
    "{'event':'back'}",
    "{'event':'choose','connector':'demo'}",
    "{'event':'answer','key':'admin','text':'root@corp.example'}",
    "{'event':'answer','key':'admin','text':'nonsense'}",
    "{'event':'answer','key':'auth','text':'token'}",
    "{'event':'answer','key':'auth','text':'basic'}",
    "{'event':'answer','key':'server','text':'mail.corp.example'}",
    "{'event':'answer','key':'password','text':'" CANARY "'}",
    "{'event':'answer','key':'nokey','text':'" CANARY "'}",
    "{'event':'answer','text':5}",
    "{'event':'secret','key':'password','set':true}",
    "{'event':'secret','key':'password','set':true,'text':'" CANARY "'}",
    "{'event':'secret','key':'code','set':true}",
    "{'event':'secret','key':'server','set':true}",
    "{'event':'unset','key':'password'}",
    "{'event':'unset','key':'auth'}",
    "{'event':'goto','key':'server'}",
    "{'event':'goto','page':'credentials'}",
    "{'event':'goto','page':'verification'}",
    "{'event':'goto'}",
    "{'event':'browse','key':'room','typed':'a'}",
    "{'event':'browse'}",
    "{'event':'verify'}",
    "{'event':'verify'}",
    "{'event':'test','subject':'anna'}",
    "{'event':'test','subjects':['anna',5,null]}",
    "{'event':'plan'}",
    "{'event':'apply'}",
    "{'event':'apply','ids':['s1',7]}",
    "{'event':'undo'}",
    "{'event':'cancel'}",
    "{'event':'finish'}",
    "{'event':'finish','unverified':true}",
    "{'event':'finish','unverified':true,'name':'Bad Name'}",
    "{'event':'reply','ask':'demo.ok','text':'yes'}",
    "{'event':'reply','ask':'demo.ok','declined':true}",
    "{'event':'reply'}",
    "{'event':'described','connector':{'id':'x'},'generation':%d}",
    "{'event':'began','id':'a.b','title':'T','generation':%d}",
    "{'event':'checked','generation':%d,'check':{'id':'a.b','title':'T','state':'pass','level':'"
    "required'}}",
    "{'event':'checked','generation':%d,'check':{'id':'s1','title':'T','state':'pass','level':'"
    "required'}}",
    "{'event':'checked','generation':%d,'check':{'id':'a.c','title':'T','state':'fail','level':'"
    "required',"
    "'remedy':'R','field':'server','cause':'network'}}",
    "{'event':'checked','generation':%d,'check':5}",
    "{'event':'offered','generation':%d,'offer':{'value':'anna','field':'room'}}",
    "{'event':'patched','generation':%d,'key':'server','text':'found.example'}",
    "{'event':'patched','generation':%d,'key':'admin','text':'x@y.example'}",
    "{'event':'patched','generation':%d,'key':'password','text':'" CANARY "'}",
    "{'event':'patched','generation':%d,'key':'room'}",
    "{'event':'stepped','generation':%d,'step':{'id':'s1','title':'S','state':'missing','kind':'"
    "demo.step/1'}}",
    "{'event':'runners','generation':%d,'kinds':['demo.step/1']}",
    "{'event':'asked','generation':%d,'ticket':3,'ask':{'ask':'demo.ok','kind':'confirm','title':'"
    "Well?'}}",
    "{'event':'asked','generation':%d,'ticket':4,'ask':{'ask':'demo.key','kind':'secret','title':'"
    "Key?'}}",
    "{'event':'withdrawn','ticket':3}",
    "{'event':'ended','status':'ok','generation':%d}",
    "{'event':'ended','status':'ok','generation':%d}",
    "{'event':'ended','status':'ok','generation':%d}",
    "{'event':'ended','status':'network','generation':%d}",
    "{'event':'ended','status':'ok','generation':99999}",
    "{'event':'died'}",
    "{'event':'saved','where':'/x','generation':%d}",
    "{'event':'failed','detail':'D','generation':%d}",
    "{'event':'nonsense'}",
    "{'event':5}",
    "{}",
};

static void
send_any(void)
{
  const char *fmt = pool[dice(sizeof pool / sizeof *pool)];
  CLEANUP_FREE char *event = text_printf(fmt, generation(&b));

  send_event(&b, event);
}

static void
expect_sane(void)
{
  static const char *const views[] = {"choose", "form", "busy",         "ask",  "plan",
                                      "report", "done", "verification", "error"};
  bool is_known = false;
  CLEANUP_FREE char *session = json_print(b.session), *view = json_print(b.view);

  for (size_t i = 0; i < sizeof views / sizeof *views; i++)
    is_known = is_known || strcmp(at(&b, "view"), views[i]) == 0;
  ck_assert_msg(is_known, "%s", view);
  ck_assert_ptr_null(strstr(session, CANARY));
  ck_assert_ptr_null(strstr(view, CANARY));
}

/* Every step is also written, read back and compared by send_event. */
START_TEST(any_sequence__gives_a_view_that_resumes_and_holds_no_secret)
{
  for (int walk = 0; walk < WALKS; walk++) {
    state = 0x9e3779b97f4a7c15u + (uint64_t)walk;
    if (walk % 3)
      bench_start(&b);
    else
      bench_at_verification(&b);
    for (int i = 0; i < STEPS; i++) {
      send_any();
      expect_sane();
    }
    bench_finish(&b);
    b = (struct bench){0};
  }
}
END_TEST

/* While nothing runs, a resumed session shows what it showed; while something runs, its form, and "interrupted". Only
 * secrets are gone. */
static void
expect_resumes(void)
{
  CLEANUP_JSON cJSON *event = cJSON_CreateObject(), *session = wizard_create(), *effects = NULL;
  bool is_busy = generation(&b) > 0;

  cJSON_AddStringToObject(event, "event", "resume");
  cJSON_AddItemToObject(event, "session", cJSON_Duplicate(b.session, true));
  cJSON *held = cJSON_AddArrayToObject(event, "secrets");
  cJSON_AddItemToArray(held, cJSON_CreateString("password"));
  cJSON_AddItemToArray(held, cJSON_CreateString("code"));
  ck_assert_int_eq(wizard_step(session, event, &effects), 0);
  CLEANUP_JSON cJSON *view = wizard_view(session);
  if (is_busy) {
    ck_assert(json_bool(view, "interrupted"));
    ck_assert_str_ne(json_text(view, "view"), "busy");
    return;
  }
  ck_assert(cJSON_Compare(view, b.view, true));
}

START_TEST(any_prefix__resumes_to_the_same_view)
{
  for (int walk = 0; walk < WALKS; walk++) {
    state = 0x853c49e6748fea9bu + (uint64_t)walk;
    bench_at_verification(&b);
    for (int i = 0; i < STEPS; i++) {
      send_any();
      expect_resumes();
    }
    bench_finish(&b);
    b = (struct bench){0};
  }
}
END_TEST

/* Without a suggest hook nothing happens between two pages. */
START_TEST(back_after_next__is_identity)
{
  const char *where = strstr(demo_shape, "'suggest',");
  CLEANUP_FREE char *shape =
      text_printf("%.*s%s", (int)(where - demo_shape), demo_shape, where + strlen("'suggest',"));
  unsigned moved = 0;

  for (int walk = 0; walk < WALKS; walk++) {
    state = 0xda3e39cb94b95bdbu + (uint64_t)walk;
    bench_init(&b);
    CLEANUP_FREE char *start = text_printf("{'event':'start','catalog':%s}", demo_catalog);
    send_event(&b, start);
    send_event(&b, "{'event':'choose','connector':'demo'}");
    CLEANUP_FREE char *described =
        text_printf("{'event':'described','generation':%d,'connector':%s}", generation(&b), shape);
    send_event(&b, described);
    for (int i = 0; i < STEPS; i++) {
      send_event(&b, pool[dice(20)]);
      if (!at(&b, "view") || strcmp(at(&b, "view"), "form") != 0)
        continue;
      send_event(&b, "{'event':'next'}"); /* marks what is missing, also where it stays */
      if (strcmp(at(&b, "view"), "form") == 0 && strcmp(at(&b, "page.id"), "credentials") == 0)
        continue;
      send_event(&b, "{'event':'back'}");
      CLEANUP_JSON cJSON *before = cJSON_Duplicate(b.view, true);
      send_event(&b, "{'event':'next'}");
      send_event(&b, "{'event':'back'}");
      ck_assert(cJSON_Compare(before, b.view, true));
      moved++;
    }
    bench_finish(&b);
    b = (struct bench){0};
  }
  ck_assert_uint_gt(moved, 50);
}
END_TEST

/* ---- damaged sessions -------------------------------------------------------------------------------------------------- */

static cJSON *
strange_value(void)
{
  switch (dice(7)) {
  case 0: return cJSON_CreateNull();
  case 1: return cJSON_CreateNumber((double)dice(1000) - 500);
  case 2: return cJSON_CreateString("strange");
  case 3: return cJSON_CreateArray();
  case 4: return cJSON_CreateObject();
  case 5: return cJSON_CreateTrue();
  default: return cJSON_CreateString("");
  }
}

/* Walks down a random way and puts something strange in the place of what it finds. */
static void
damage(cJSON *item)
{
  int n = cJSON_GetArraySize(item);

  if (n == 0)
    return;
  cJSON *child = cJSON_GetArrayItem(item, (int)dice((uint32_t)n));
  if ((cJSON_IsObject(child) || cJSON_IsArray(child)) && cJSON_GetArraySize(child) && dice(4)) {
    damage(child);
    return;
  }
  if (!dice(3))
    cJSON_Delete(cJSON_DetachItemViaPointer(item, child));
  else if (cJSON_IsObject(item)) {
    CLEANUP_FREE char *key = strdup(child->string);
    cJSON_ReplaceItemInObjectCaseSensitive(item, key, strange_value());
  } else {
    cJSON_ReplaceItemViaPointer(item, child, strange_value());
  }
}

static void
use_damaged(const cJSON *session)
{
  CLEANUP_JSON cJSON *event = cJSON_CreateObject();
  cJSON *fresh = wizard_create(), *effects = NULL;

  cJSON_AddStringToObject(event, "event", "resume");
  cJSON_AddItemToObject(event, "session", cJSON_Duplicate(session, true));
  ck_assert_int_eq(wizard_step(fresh, event, &effects), 0);
  cJSON_Delete(effects);
  struct bench damaged = {.session = fresh, .view = wizard_view(fresh)};
  ck_assert_ptr_nonnull(damaged.view);
  struct bench kept = b;
  b = damaged;
  for (int i = 0; i < 6; i++)
    send_any();
  bench_finish(&b);
  b = kept;
}

START_TEST(damaged_session__is_refused_or_lived_with)
{
  state = 0x2545f4914f6cdd1du;
  bench_at_verification(&b);
  bench_verify(&b, "fail", "server");
  send_event(&b, "{'event':'plan'}");
  for (int i = 0; i < 30; i++)
    send_any();
  for (int i = 0; i < DAMAGES; i++) {
    CLEANUP_JSON cJSON *session = cJSON_Duplicate(b.session, true);
    for (uint32_t n = 1 + dice(4); n > 0; n--)
      damage(session);
    use_damaged(session);
  }
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("properties");
  TCase *c = tcase_create("properties");

  tcase_set_timeout(c, 120);
  tcase_add_checked_fixture(c, NULL, finish);
  tcase_add_test(c, any_sequence__gives_a_view_that_resumes_and_holds_no_secret);
  tcase_add_test(c, any_prefix__resumes_to_the_same_view);
  tcase_add_test(c, back_after_next__is_identity);
  tcase_add_test(c, damaged_session__is_refused_or_lived_with);
  suite_add_tcase(suite, c);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
