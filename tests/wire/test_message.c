// SPDX-License-Identifier: Apache-2.0
/* Messages as docs/wire.md shows them. */
#include <errno.h>
#include <string.h>

#include "core/json/shapes.h"
#include "core/wire/message.h"
#include "tests/suite.h"

static tenon_text
text_of(const char *s)
{
  return (tenon_text){s, strlen(s)};
}

/* The line, and proof that the other side can read it. */
static void
expect(struct buf *b, enum wire_type type, const char *wanted)
{
  const char *why = "";
  CLEANUP_JSON cJSON *m = NULL;

  ck_assert_str_eq(buf_text(b), wanted);
  m = wire_parse(b->ptr, b->len, &why);
  ck_assert_msg(m != NULL, "%s: %s", wanted, why);
  ck_assert_int_eq(wire_type_of(m), type);
  buf_clear(b);
}

START_TEST(message__each_type_is_found_by_its_name)
{
  for (enum wire_type t = WIRE_UNKNOWN + 1; t < WIRE_TYPES; t++) {
    CLEANUP_JSON cJSON *m = cJSON_CreateObject();
    ck_assert_str_ne(wire_type_name(t), "");
    ck_assert_ptr_nonnull(cJSON_AddStringToObject(m, "type", wire_type_name(t)));
    ck_assert_int_eq(wire_type_of(m), t);
  }
}
END_TEST

START_TEST(message__to_the_worker_reads_as_the_page_says)
{
  CLEANUP_BUF struct buf b = BUF_INIT(100000);
  struct wire_load load = {"/p.so", "c", "tenon", "0.1", NULL, "http://p:1", NULL, "u", "h"};
  tenon_pair value = {"server", {"a\"b", 3}}, file = {"ca_file", {"\0\1\2", 3}};
  struct wire_open open = {&value, &file, 1, 1, 5000, true};
  tenon_text subjects[] = {{"a", 1}, {"b", 1}};

  wire_put_load(&b, &load);
  expect(&b, WIRE_LOAD,
         "{\"type\":\"load\",\"plugin\":\"/"
         "p.so\",\"connector\":\"c\",\"host\":{\"name\":\"tenon\",\"version\":\"0.1\"},"
         "\"proxies\":{\"https\":\"http://p:1\",\"user\":\"u\",\"http_user\":\"h\"}}");
  static const char *const paths[] = {"FILE:/tmp/tickets", "/etc/svc.keytab", NULL};
  wire_put_load(&b, &(struct wire_load){.plugin = "/p.so", .connector = "c", .paths = paths});
  ck_assert_ptr_nonnull(
      strstr(buf_text(&b), "\"paths\":[\"FILE:/tmp/tickets\",\"/etc/svc.keytab\"]}"));
  buf_clear(&b);
  wire_put_secret(&b, NULL, "password", text_of("hunter2"));
  expect(&b, WIRE_SECRET, "{\"type\":\"secret\",\"key\":\"password\",\"value\":\"aHVudGVyMg==\"}");
  wire_put_open(&b, 7, &open);
  expect(&b, WIRE_OPEN,
         "{\"type\":\"open\",\"call\":7,\"values\":{\"server\":\"a\\\"b\"},\"files\":{\"ca_file\":"
         "\"AAEC\"},"
         "\"deadline_ms\":5000,\"interactive\":true}");
  wire_put_subjects(&b, 7, subjects, 2, false);
  expect(&b, WIRE_SUBJECTS, "{\"type\":\"subjects\",\"call\":7,\"subjects\":[\"a\",\"b\"]}");
  wire_put_subjects(&b, 7, NULL, 0, true);
  expect(&b, WIRE_SUBJECTS, "{\"type\":\"subjects\",\"call\":7,\"subjects\":[],\"end\":true}");
  wire_put_configure(&b, 8, TENON_PLAN, NULL, 0);
  expect(&b, WIRE_CONFIGURE, "{\"type\":\"configure\",\"call\":8,\"phase\":\"plan\",\"steps\":[]}");
}
END_TEST

START_TEST(message__answers_tell_text_secret_no_and_nobody_apart)
{
  CLEANUP_BUF struct buf b = BUF_INIT(100000);

  wire_put_answer(&b, 3, text_of("yes"), false, false);
  expect(&b, WIRE_ANSWER, "{\"type\":\"answer\",\"ticket\":3,\"text\":\"yes\"}");
  wire_put_answer(&b, 3, text_of("123"), true, false);
  expect(&b, WIRE_ANSWER, "{\"type\":\"answer\",\"ticket\":3,\"secret\":\"MTIz\"}");
  wire_put_answer(&b, 3, (tenon_text){0}, false, true);
  expect(&b, WIRE_ANSWER, "{\"type\":\"answer\",\"ticket\":3,\"declined\":true}");
  wire_put_answer(&b, 3, (tenon_text){0}, true, false);
  expect(&b, WIRE_ANSWER, "{\"type\":\"answer\",\"ticket\":3,\"noanswer\":true}");
  wire_put_granted(&b, 2, false);
  expect(&b, WIRE_GRANTED, "{\"type\":\"granted\",\"request\":2}");
  wire_put_granted(&b, 2, true);
  expect(&b, WIRE_GRANTED, "{\"type\":\"granted\",\"request\":2,\"tangled\":true}");
  wire_put_kept(&b, 4, (tenon_text){0});
  expect(&b, WIRE_KEPT, "{\"type\":\"kept\",\"request\":4,\"none\":true}");
  wire_put_kept(&b, UINT64_C(9007199254740993), text_of("t"));
  expect(&b, WIRE_KEPT, "{\"type\":\"kept\",\"request\":\"9007199254740993\",\"secret\":\"dA==\"}");
}
END_TEST

START_TEST(message__to_the_host_reads_as_the_page_says)
{
  CLEANUP_BUF struct buf b = BUF_INIT(100000);
  tenon_check c = {
      .size = sizeof c, .state = TENON_PASS, .level = TENON_LEVEL_INFO, .id = "a.b", .title = "T"};
  tenon_text empty = {"", 0};

  wire_put_check(&b, 1, &c);
  expect(&b, WIRE_CHECK,
         "{\"type\":\"check\",\"call\":1,\"check\":{\"id\":\"a.b\",\"title\":\"T\",\"state\":"
         "\"pass\",\"level\":\"info\"}}");
  wire_put_patch(&b, 1, "server", &empty);
  expect(&b, WIRE_PATCH, "{\"type\":\"patch\",\"call\":1,\"key\":\"server\",\"value\":\"\"}");
  wire_put_patch(&b, 1, "server", NULL);
  expect(&b, WIRE_PATCH, "{\"type\":\"patch\",\"call\":1,\"key\":\"server\"}");
  wire_put_keep(&b, TENON_KEEP_CONNECTION, "refresh", text_of("t"));
  expect(&b, WIRE_KEEP,
         "{\"type\":\"keep\",\"scope\":\"connection\",\"key\":\"refresh\",\"secret\":\"dA==\"}");
  wire_put_broke(&b, "TR-42", "said nothing");
  expect(&b, WIRE_BROKE, "{\"type\":\"broke\",\"rule\":\"TR-42\",\"detail\":\"said nothing\"}");
  wire_put_ended(&b, 1, TENON_E_AUTH);
  expect(&b, WIRE_ENDED, "{\"type\":\"ended\",\"call\":1,\"status\":\"auth\"}");
}
END_TEST

START_TEST(message__at_the_gate_names_the_secret_by_its_key)
{
  CLEANUP_BUF struct buf b = BUF_INIT(100000);
  const struct wire_account account = {"mail.contoso.example", "CONTOSO\\svc", NULL, "password"};
  const struct wire_account proxy = {"proxy p:3128", "svc", WIRE_SCOPE_HOST, WIRE_PROXY_PASSWORD};

  wire_put_gate_enter(&b, 1, &account, false);
  expect(&b, WIRE_GATE_ENTER,
         "{\"type\":\"gate.enter\",\"request\":1,\"host\":\"mail.contoso.example\","
         "\"user\":\"CONTOSO\\\\svc\",\"secret\":\"password\"}");
  wire_put_gate_enter(&b, 2, &proxy, true);
  expect(&b, WIRE_GATE_ENTER,
         "{\"type\":\"gate.enter\",\"request\":2,\"host\":\"proxy p:3128\",\"user\":\"svc\","
         "\"scope\":\"host\",\"secret\":\"proxy_password\",\"connected\":true}");
  wire_put_gate(&b, 2, TURN_LOOK);
  expect(&b, WIRE_GATE, "{\"type\":\"gate\",\"request\":2,\"word\":\"look\"}");
  wire_put_gate_left(&b, 1, TURN_UNSENT);
  expect(&b, WIRE_GATE_LEFT, "{\"type\":\"gate.left\",\"request\":1,\"result\":\"unsent\"}");
  wire_put_gate_refused(&b, &account);
  expect(&b, WIRE_GATE_REFUSED,
         "{\"type\":\"gate.refused\",\"host\":\"mail.contoso.example\","
         "\"user\":\"CONTOSO\\\\svc\",\"secret\":\"password\"}");
}
END_TEST

START_TEST(message__that_does_not_fit_fails_its_buffer)
{
  CLEANUP_BUF struct buf b = BUF_INIT(20);

  ck_assert(!wire_put_broke(&b, "TR-42", "said nothing at all about it"));
  ck_assert(buf_failed(&b));
}
END_TEST

START_TEST(message__is_wiped_through_all_its_texts)
{
  static const char line[] =
      "{\"type\":\"keep\",\"deep\":{\"list\":[\"hunter2\"]},\"secret\":\"aHVudGVyMg==\"}";
  const char *why;
  CLEANUP_JSON cJSON *m = wire_parse(line, sizeof line - 1, &why);

  ck_assert_ptr_nonnull(m);
  wire_wipe(m);
  ck_assert_str_eq(json_text(m, "secret"), "");
  ck_assert_str_eq(cJSON_GetArrayItem(json_array(json_object(m, "deep"), "list"), 0)->valuestring,
                   "");
}
END_TEST

START_TEST(base64__gives_back_what_it_was_given)
{
  unsigned char bytes[300];

  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (unsigned char)(i * 7);
  for (size_t n = 0; n <= sizeof bytes; n++) {
    CLEANUP_BUF struct buf b = BUF_INIT(1000);
    char *back = NULL;
    size_t len = 0;
    ck_assert(wire_put_base64(&b, bytes, n));
    ck_assert_int_eq(wire_base64(buf_text(&b), n, &back, &len), 0);
    ck_assert_uint_eq(len, n);
    ck_assert_mem_eq(back, bytes, n);
    ck_assert_int_eq(back[n], 0);
    free(back);
  }
}
END_TEST

START_TEST(base64__refuses_what_is_none_or_too_long)
{
  static const char *const bad[] = {"a",     "ab",   "abc",     "====",  "ab=c",
                                    "abcd=", "ab c", "abc\xff", "YWJj\n"};
  char *bytes = NULL;
  size_t n;

  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(wire_base64(bad[i], 100, &bytes, &n) == -EINVAL, "taken: %s", bad[i]);
  ck_assert_int_eq(wire_base64("YWJjZA==", 3, &bytes, &n), -EMSGSIZE);
  ck_assert_int_eq(wire_base64("YWJjZGVmZ2hpamtsbW5vcA==", 3, &bytes, &n), -EMSGSIZE);
  ck_assert_ptr_null(bytes);
}
END_TEST

SUITE("message", message__each_type_is_found_by_its_name,
      message__to_the_worker_reads_as_the_page_says,
      message__answers_tell_text_secret_no_and_nobody_apart,
      message__to_the_host_reads_as_the_page_says, message__at_the_gate_names_the_secret_by_its_key,
      message__that_does_not_fit_fails_its_buffer, message__is_wiped_through_all_its_texts,
      base64__gives_back_what_it_was_given, base64__refuses_what_is_none_or_too_long)
