// SPDX-License-Identifier: Apache-2.0
/* Hostile files: a good plugin cut short everywhere and flipped everywhere. Nothing may crash (run this under
 * ASan), and what is refused is refused by a rule. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/module/elf_image.h"
#include "core/module/note.h"
#include "tenon/plugin.h"

#define GOOD      TEST_BUILD "/tests/module/variants/variant_good.so"
#define CUT       64u
#define FLIP_STEP 7u /* bytes between two flips in the body of the file */
#define HEAD      4096u

static unsigned char *bytes;
static size_t size;

static void
read_good(void)
{
  FILE *f = fopen(GOOD, "re");
  ck_assert_ptr_nonnull(f);
  ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
  size = (size_t)ftell(f);
  rewind(f);
  bytes = malloc(size);
  ck_assert_ptr_nonnull(bytes);
  ck_assert_uint_eq(fread(bytes, 1, size, f), size);
  (void)fclose(f);
}

static void
forget(void)
{
  free(bytes);
}

/* 0: taken; else refused, and then with rule and detail. */
static int
judge_image(struct elf_image e, int err, struct refusal r, char rule[static 16])
{
  struct note note;
  const char *json;
  size_t len;
  if (!err) {
    err = elf_image_judge(&e, &r);
    err = err ? err : elf_image_note(&e, &json, &len, &r);
    err = err ? err : note_parse(&note, json, len, &r);
    if (!err)
      note_finish(&note);
    elf_image_finish(&e);
  }
  if (err) {
    ck_assert_ptr_nonnull(r.rule);
    ck_assert_str_ne(r.detail, "");
  }
  (void)snprintf(rule, 16, "%s", err ? r.rule : "");
  return err;
}

static int
judge(size_t n)
{
  struct elf_image e = {0};
  struct refusal r = {0};
  char rule[16];
  int err = elf_image_init(&e, bytes, n, &r);
  return judge_image(e, err, r, rule);
}

/* The rule is the same whether the bytes are in memory or in a file, of which less is read. */
static void
expect_same_from_disk(size_t n)
{
  struct elf_image e = {0}, disk = {0};
  struct refusal r = {0}, disk_r = {0};
  char rule[16], disk_rule[16];
  int fd = memfd_create("plugin", MFD_CLOEXEC);

  ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
  int err = elf_image_init(&e, bytes, n, &r), disk_err = elf_image_read(&disk, fd, &disk_r);
  ck_assert_int_eq(judge_image(e, err, r, rule), judge_image(disk, disk_err, disk_r, disk_rule));
  ck_assert_str_eq(rule, disk_rule);
  (void)close(fd);
}

START_TEST(file_on_disk__is_judged_as_its_bytes_are)
{
  expect_same_from_disk(size);
  for (size_t n = 0; n < size; n += CUT)
    expect_same_from_disk(n);
  for (size_t i = 0; i < HEAD && i < size; i++) {
    bytes[i] ^= 0x5a;
    expect_same_from_disk(size);
    bytes[i] ^= 0x5a;
  }
}
END_TEST

START_TEST(whole_file__is_taken)
{
  ck_assert_int_eq(judge(size), 0);
}
END_TEST

START_TEST(file_cut_short__is_always_refused)
{
  for (size_t n = 0; n < size; n += CUT)
    ck_assert_msg(judge(n) != 0, "%zu of %zu bytes were taken", n, size);
  ck_assert_int_ne(judge(size - 1), 0);
}
END_TEST

START_TEST(flipped_bits__never_crash_the_reader)
{
  for (size_t i = 0; i < size; i += i < HEAD ? 1 : FLIP_STEP)
    for (unsigned bit = 0; bit < 8; bit += i < HEAD ? 1 : 5) {
      bytes[i] ^= (unsigned char)(1u << bit);
      (void)judge(size);
      bytes[i] ^= (unsigned char)(1u << bit);
    }
  ck_assert_int_eq(judge(size), 0);
}
END_TEST

START_TEST(other_machine__is_named_as_such)
{
  struct elf_image e;
  struct refusal r = {0};
  bytes[offsetof(elf_ehdr, e_machine)] = EM_MIPS;
  ck_assert_int_ne(elf_image_init(&e, bytes, size, &r), 0);
  ck_assert_str_eq(r.rule, "TR-06");
  bytes[EI_CLASS] = 3 - ELF_CLASS;
  ck_assert_int_ne(elf_image_init(&e, bytes, size, &r), 0);
  ck_assert_str_eq(r.rule, "TR-06");
}
END_TEST

START_TEST(program__is_no_plugin)
{
  struct elf_image e;
  struct refusal r = {0};
  bytes[offsetof(elf_ehdr, e_type)] = ET_EXEC;
  ck_assert_int_ne(elf_image_init(&e, bytes, size, &r), 0);
  ck_assert_str_eq(r.rule, "TR-07");
}
END_TEST

START_TEST(segment_both_writable_and_executable__is_refused)
{
  elf_ehdr h;
  elf_phdr p;
  struct elf_image e;
  struct refusal r = {0};
  memcpy(&h, bytes, sizeof h);
  for (size_t i = 0; i < h.e_phnum; i++) {
    memcpy(&p, bytes + h.e_phoff + i * sizeof p, sizeof p);
    if (p.p_type == PT_LOAD)
      p.p_flags |= PF_W | PF_X;
    memcpy(bytes + h.e_phoff + i * sizeof p, &p, sizeof p);
  }
  ck_assert_int_eq(elf_image_init(&e, bytes, size, &r), 0);
  ck_assert_int_ne(elf_image_judge(&e, &r), 0);
  ck_assert_str_eq(r.rule, "TR-12");
  elf_image_finish(&e);
}
END_TEST

START_TEST(text_file__is_no_plugin)
{
  static const char text[] = "#!/bin/sh\nexit 0\n";
  struct elf_image e;
  struct refusal r = {0};
  ck_assert_int_ne(elf_image_init(&e, text, sizeof text, &r), 0);
  ck_assert_str_eq(r.rule, "TR-05");
  ck_assert_int_ne(elf_image_init(&e, text, 0, &r), 0);
  ck_assert_str_eq(r.rule, "TR-05");
}
END_TEST

static const struct {
  const char *json, *rule;
} notes[] = {
    {"", "TR-08"},
    {"[]", "TR-08"},
    {"{\"abi\":[1]}", "TR-09"},
    {"{\"abi\":[1,0],\"needs\":[\"root\"]}", "TR-09"},
    {"{\"abi\":[1,0],\"needs\":[\"exec:pwsh\"]}", "TR-09"},
    {"{\"abi\":[1,0],\"needs\":[],\"connectors\":[]}", "TR-09"},
    {"{\"abi\":[1,0],\"needs\":[],\"connectors\":[{\"id\":\"A\"}]}", "TR-09"},
    {"{\"abi\":[1,0],\"needs\":[],\"connectors\":[{\"id\":\"a\",\"version\":\"one\"}]}", "TR-09"},
    {"{\"abi\":[1,0],\"needs\":[],\"connectors\":[{\"id\":\"a\",\"version\":\"1\",\"name\":\"A\","
     "\"summary\":\"B\","
     "\"roles\":[]}]}",
     "TR-09"},
    {"{\"abi\":[1,0],\"needs\":[],\"connectors\":[{\"id\":\"a\",\"version\":\"1\",\"name\":\"A\","
     "\"summary\":\"B\","
     "\"roles\":[\"source\"],\"retires\":\"soon\"}]}",
     "TR-09"},
    {"{\"abi\":[1,0],\"needs\":[],\"connectors\":[{\"id\":\"a\",\"version\":\"1\",\"name\":"
     "\"A\\u001b[2J\","
     "\"summary\":\"B\",\"roles\":[\"source\"]}]}",
     "TR-09"},
};

#define WITH_REQUIREMENTS(list)                                                                    \
  "{\"abi\":[1,0],\"needs\":[],\"connectors\":[{\"id\":\"a\",\"version\":\"1\",\"name\":\"A\","    \
  "\"summary\":\"B\",\"roles\":[\"source\"],\"requirements\":" list "}]}"
#define FOUR(x)    x "," x "," x "," x
#define SIXTEEN(x) FOUR(x) "," FOUR(x) "," FOUR(x) "," FOUR(x)

static const char *const bad_requirements[] = {
    WITH_REQUIREMENTS("{}"),
    WITH_REQUIREMENTS("[\"a role\"]"),
    WITH_REQUIREMENTS("[{\"detail\":\"without a title\"}]"),
    WITH_REQUIREMENTS("[{\"title\":\"\"}]"),
    WITH_REQUIREMENTS("[{\"title\":\"A role\",\"needs\":7}]"),
    WITH_REQUIREMENTS("[{\"title\":\"A role\",\"detail\":\"\\u001b[2J\"}]"),
    WITH_REQUIREMENTS("[{\"title\":\"A role\",\"when\":\"grant = secret\"}]"),
    WITH_REQUIREMENTS("[" SIXTEEN("{\"title\":\"A\"}") ",{\"title\":\"the 17th\"}]"),
};

START_TEST(bad_requirements__are_refused_and_say_what_is_wrong)
{
  struct note n;
  struct refusal r = {0};
  ck_assert_int_ne(note_parse(&n, bad_requirements[_i], strlen(bad_requirements[_i]), &r), 0);
  ck_assert_str_eq(r.rule, "TR-09");
  ck_assert_msg(strstr(r.detail, "requirement"), "%s", r.detail);
  ck_assert_str_ne(r.remedy, "");
}
END_TEST

START_TEST(requirements__are_read_in_their_order)
{
  static const char json[] = WITH_REQUIREMENTS(
      "[{\"title\":\"A role\",\"detail\":\"Why\",\"needs\":\"The boss\",\"when\":\"grant == 'x'\","
      "\"later\":[]},{\"title\":\"A desk\"}]");
  static const char most[] = WITH_REQUIREMENTS("[" SIXTEEN("{\"title\":\"A\"}") "]");
  struct note n;
  struct refusal r = {0};
  ck_assert_msg(note_parse(&n, json, sizeof json - 1, &r) == 0, "%s", r.detail);
  const struct note_connector *c = note_find(&n, "a");
  ck_assert_uint_eq(c->n_requirements, 2);
  ck_assert_str_eq(c->requirements[0].title, "A role");
  ck_assert_str_eq(c->requirements[0].detail, "Why");
  ck_assert_str_eq(c->requirements[0].needs, "The boss");
  ck_assert_str_eq(c->requirements[0].when, "grant == 'x'");
  ck_assert_str_eq(c->requirements[1].title, "A desk");
  ck_assert_ptr_null(c->requirements[1].detail);
  ck_assert_ptr_null(c->requirements[1].when);
  note_finish(&n);
  ck_assert_int_eq(note_parse(&n, most, sizeof most - 1, &r), 0);
  ck_assert_uint_eq(note_find(&n, "a")->n_requirements, NOTE_REQUIREMENTS_MAX);
  note_finish(&n);
}
END_TEST

START_TEST(bad_note__is_refused_by_its_rule)
{
  struct note n;
  struct refusal r = {0};
  ck_assert_int_ne(note_parse(&n, notes[_i].json, strlen(notes[_i].json), &r), 0);
  ck_assert_msg(strcmp(r.rule, notes[_i].rule) == 0, "%s: %s %s", notes[_i].json, r.rule, r.detail);
  ck_assert_str_ne(r.remedy, "");
}
END_TEST

START_TEST(note__says_all_it_has)
{
  static const char json[] = "{\"abi\":[1,3],\"needs\":[\"net+krb5\",\"exec:/usr/bin/"
                             "pwsh\"],\"later\":1,\"connectors\":[{\"id\":\"a\",\"version\":"
                             "\"1.2-rc\",\"name\":\"A\",\"summary\":\"B\",\"roles\":[\"source\","
                             "\"target\"],\"kind\":\"probe\",\"family\":"
                             "\"x.y/1\",\"retires\":\"2027-04-01\",\"successor\":\"b\"}]}";
  struct note n;
  struct refusal r = {0};
  ck_assert_msg(note_parse(&n, json, sizeof json - 1, &r) == 0, "%s", r.detail);
  ck_assert(n.net && n.krb5);
  ck_assert_str_eq(n.exec, "/usr/bin/pwsh");
  ck_assert_str_eq(n.needs, "net+krb5 exec:/usr/bin/pwsh");
  const struct note_connector *c = note_find(&n, "a");
  ck_assert_ptr_nonnull(c);
  ck_assert(c->probe);
  ck_assert_str_eq(c->family, "x.y/1");
  ck_assert_str_eq(c->retires, "2027-04-01");
  ck_assert_str_eq(c->successor, "b");
  ck_assert_uint_eq(c->roles, TENON_SOURCE | TENON_TARGET);
  note_finish(&n);
}
END_TEST

int
main(void)
{
  TCase *tc = tcase_create("elf");
  tcase_set_timeout(tc, 120);
  tcase_add_checked_fixture(tc, read_good, forget);
  tcase_add_test(tc, whole_file__is_taken);
  tcase_add_test(tc, file_on_disk__is_judged_as_its_bytes_are);
  tcase_add_test(tc, file_cut_short__is_always_refused);
  tcase_add_test(tc, flipped_bits__never_crash_the_reader);
  tcase_add_test(tc, other_machine__is_named_as_such);
  tcase_add_test(tc, program__is_no_plugin);
  tcase_add_test(tc, segment_both_writable_and_executable__is_refused);
  tcase_add_test(tc, text_file__is_no_plugin);
  tcase_add_loop_test(tc, bad_note__is_refused_by_its_rule, 0, (int)(sizeof notes / sizeof *notes));
  tcase_add_test(tc, note__says_all_it_has);
  tcase_add_loop_test(tc, bad_requirements__are_refused_and_say_what_is_wrong, 0,
                      (int)(sizeof bad_requirements / sizeof *bad_requirements));
  tcase_add_test(tc, requirements__are_read_in_their_order);
  Suite *suite = suite_create("module-elf");
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? 1 : 0;
}
