// SPDX-License-Identifier: Apache-2.0
//
// Windows sign-in, with a client that is nothing but the GSSAPI library and may bind to what it likes:
// who gets in by NTLM, what Extended Protection does, and what belongs to the connection.
#include <check.h>
#include <curl/curl.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab_client.h"

#define TOKEN_ROOM  (8 * 1024)
#define LEGS_MAX    6
#define DIGEST_SIZE 32
#define NETBIOS     "CONTOSO\\svc-tenon"
#define WHOLE_UPN                                                                                  \
  "\\SVC-tenon@contoso.example" // no domain, which is how the library takes it whole

static char ntlm_bytes[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";
static char spnego_bytes[] = "\x2b\x06\x01\x05\x05\x02";
static gss_OID_desc ntlm = {10, ntlm_bytes};
static gss_OID_desc spnego = {6, spnego_bytes};

enum binding { UNBOUND, BOUND, BOUND_ELSEWHERE };

struct client {
  const char *scheme; // "NTLM"; "Negotiate" goes with SPNEGO
  const char *user;
  const char *password;
  enum binding binding;
};

static struct lab_run lab;

static void
open_lab(const char *scenario)
{
  lab = lab_start((const char *[]){"--scenario", scenario, NULL});
}

static void
close_lab(void)
{
  ck_assert_int_eq(lab_stop(&lab), 0);
}

// --- the client -------------------------------------------------------------------------------

static void
digest_pem(const char *pem, unsigned char ret_digest[DIGEST_SIZE])
{
  BIO *bio = BIO_new_mem_buf(pem, -1);
  X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
  ck_assert_ptr_nonnull(certificate);
  ck_assert_int_eq(X509_digest(certificate, EVP_sha256(), ret_digest, NULL), 1);
  X509_free(certificate);
  BIO_free(bio);
}

// The digest of the certificate that the lab shows.
static void
fetch_digest(unsigned char ret_digest[DIGEST_SIZE])
{
  CURL *curl = curl_easy_init();
  struct curl_certinfo *chain = NULL;
  curl_easy_setopt(curl, CURLOPT_URL, lab_string(&lab, "ews"));
  curl_easy_setopt(curl, CURLOPT_CAINFO, lab_string(&lab, "ca_file"));
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
  ck_assert_int_eq(curl_easy_perform(curl), CURLE_OK);
  ck_assert_int_eq(curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain), CURLE_OK);
  bool found = false;
  for (struct curl_slist *line = chain->certinfo[0]; line != NULL && !found; line = line->next) {
    found = strncmp(line->data, "Cert:", 5) == 0;
    if (found)
      digest_pem(line->data + 5, ret_digest);
  }
  ck_assert(found);
  curl_easy_cleanup(curl);
}

static gss_cred_id_t
acquire(const struct client *client, gss_OID mechanism)
{
  gss_buffer_desc user = {strlen(client->user), (char *)(uintptr_t)client->user};
  gss_buffer_desc password = {strlen(client->password), (char *)(uintptr_t)client->password};
  gss_OID_set_desc wanted = {1, mechanism}, within = {1, &ntlm};
  gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
  gss_name_t name;
  OM_uint32 minor;
  ck_assert(!GSS_ERROR(gss_import_name(&minor, &user, GSS_C_NT_USER_NAME, &name)));
  ck_assert(
      !GSS_ERROR(gss_acquire_cred_with_password(&minor, name, &password, GSS_C_INDEFINITE, &wanted,
                                                GSS_C_INITIATE, &credential, NULL, NULL)));
  if (mechanism == &spnego)
    ck_assert(!GSS_ERROR(gss_set_neg_mechs(&minor, credential, &within)));
  gss_release_name(&minor, &name);
  return credential;
}

// Sends a token; *ret_reply is what stands behind the scheme in the answer, or nothing.
static long
send_token(const char *scheme, const gss_buffer_desc *token, gss_buffer_t ret_reply)
{
  static unsigned char bytes[TOKEN_ROOM];
  char authorization[TOKEN_ROOM + 16];
  unsigned char encoded[TOKEN_ROOM];
  ck_assert_uint_lt(token->length, TOKEN_ROOM / 2);
  EVP_EncodeBlock(encoded, token->value, (int)token->length);
  snprintf(authorization, sizeof(authorization), "%.10s %s", scheme, (const char *)encoded);
  char *envelope = lab_envelope("", LAB_CONVERT_ID);
  struct lab_answer answer =
      lab_ask(&lab, &(struct lab_question){.authorization = authorization, .body = envelope});
  free(envelope);
  ck_assert_int_eq(answer.error, 0);
  char *header = lab_header(&answer, "WWW-Authenticate");
  *ret_reply = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
  size_t name = strlen(scheme);
  if (header != NULL && strncmp(header, scheme, name) == 0 && header[name] == ' ') {
    const char *text = header + name + 1;
    int length = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)strlen(text));
    ck_assert_int_gt(length, 0);
    for (const char *end = text + strlen(text) - 1; *end == '='; end--)
      length--;
    *ret_reply = (gss_buffer_desc){(size_t)length, bytes};
  }
  if (answer.status == 401)
    ck_assert_str_eq(answer.body, "");
  long status = answer.status;
  free(header);
  lab_answer_finish(&answer);
  return status;
}

static struct gss_channel_bindings_struct
make_bindings(enum binding binding, char data[21 + DIGEST_SIZE])
{
  memcpy(data, "tls-server-end-point:", 21);
  fetch_digest((unsigned char *)data + 21);
  if (binding == BOUND_ELSEWHERE)
    data[21] ^= 1;
  return (struct gss_channel_bindings_struct){.application_data = {21 + DIGEST_SIZE, data}};
}

// gss-ntlmssp never frees some of what it allocates; see sdk/lab/signin_acceptor.h.
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

// Signs in by as many messages as it takes; returns the status of the last answer.
static long
sign_in_by_messages(const struct client *client)
{
  gss_OID mechanism = strcmp(client->scheme, "NTLM") == 0 ? &ntlm : &spnego;
  char data[21 + DIGEST_SIZE];
  struct gss_channel_bindings_struct bindings = make_bindings(client->binding, data);
  gss_cred_id_t credential = acquire(client, mechanism);
  static char host[] = "HTTP@localhost";
  gss_buffer_desc service = {strlen(host), host};
  gss_buffer_desc reply = GSS_C_EMPTY_BUFFER;
  gss_ctx_id_t context = GSS_C_NO_CONTEXT;
  gss_name_t target;
  OM_uint32 minor;
  long status = 0;
  ck_assert(!GSS_ERROR(gss_import_name(&minor, &service, GSS_C_NT_HOSTBASED_SERVICE, &target)));
  for (int leg = 0; leg < LEGS_MAX; leg++) {
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
    OM_uint32 result =
        gss_init_sec_context(&minor, credential, &context, target, mechanism, GSS_C_INTEG_FLAG, 0,
                             client->binding == UNBOUND ? GSS_C_NO_CHANNEL_BINDINGS : &bindings,
                             &reply, NULL, &token, NULL, NULL);
    ck_assert_msg(!GSS_ERROR(result), "the client's library refused: %08x", result);
    if (token.length > 0)
      status = send_token(client->scheme, &token, &reply);
    gss_release_buffer(&minor, &token);
    if (status != 401 || reply.length == 0)
      break;
  }
  gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
  gss_release_name(&minor, &target);
  gss_release_cred(&minor, &credential);
  return status;
}

static long
sign_in(const struct client *client)
{
  if (__lsan_disable)
    __lsan_disable();
  long status = sign_in_by_messages(client);
  if (__lsan_enable)
    __lsan_enable();
  return status;
}

static long
sign_in_as(const char *scheme, const char *user, enum binding binding)
{
  return sign_in(&(struct client){scheme, user, lab_password(&lab), binding});
}

// Asks on the same connection without a header.
static struct lab_answer
ask_bare(void)
{
  char *envelope = lab_envelope("", LAB_CONVERT_ID);
  struct lab_answer answer =
      lab_ask(&lab, &(struct lab_question){.authorization = "", .body = envelope});
  free(envelope);
  return answer;
}

// The count that /lab/attempts gives.
static int
count(const char *what)
{
  struct lab_answer answer = lab_ask(
      &lab, &(struct lab_question){.path = "/lab/attempts", .method = "GET", .authorization = ""});
  ck_assert_int_eq(answer.status, 200);
  cJSON *counts = cJSON_Parse(answer.body);
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(counts, what);
  ck_assert_ptr_nonnull(item);
  int value = cJSON_IsTrue(item) ? 1 : item->valueint;
  cJSON_Delete(counts);
  lab_answer_finish(&answer);
  return value;
}

// --- the tests --------------------------------------------------------------------------------

START_TEST(ntlm__takes_domain_forms_and_the_whole_upn_whatever_the_case)
{
  open_lab("ntlm");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 200);
  ck_assert_int_eq(sign_in_as("NTLM", "contoso\\SVC-Tenon", UNBOUND), 200);
  ck_assert_int_eq(sign_in_as("NTLM", "Contoso.Example\\svc-tenon", UNBOUND), 200);
  ck_assert_int_eq(sign_in_as("NTLM", WHOLE_UPN, UNBOUND), 200);
  ck_assert_int_eq(sign_in_as("Negotiate", NETBIOS, UNBOUND), 200);
  ck_assert_int_eq(count("accepted"), 5);
  ck_assert_int_eq(count("refused"), 0);
  close_lab();
}
END_TEST

START_TEST(ntlm__refuses_a_wrong_password_and_another_user)
{
  open_lab("ntlm");
  ck_assert_int_eq(sign_in(&(struct client){"NTLM", NETBIOS, "wrong", UNBOUND}), 401);
  ck_assert_int_eq(count("bad"), 1);
  ck_assert_int_eq(sign_in(&(struct client){"Negotiate", NETBIOS, "wrong", UNBOUND}), 401);
  ck_assert_int_eq(count("bad"), 2);
  ck_assert_int_eq(sign_in_as("NTLM", "CONTOSO\\somebody", UNBOUND), 401);
  ck_assert_int_eq(sign_in_as("NTLM", "FABRIKAM\\svc-tenon", UNBOUND), 401);
  ck_assert_int_eq(count("bad"), 2);
  ck_assert_int_eq(count("refused"), 4);
  close_lab();
}
END_TEST

START_TEST(signed_in__is_the_connection_until_another_sign_in)
{
  open_lab("ntlm");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 200);
  struct lab_answer answer = ask_bare();
  ck_assert_int_eq(answer.status, 200);
  ck_assert_int_eq(answer.connects, 0);
  lab_answer_finish(&answer);
  ck_assert_int_eq(sign_in(&(struct client){"NTLM", NETBIOS, "wrong", UNBOUND}), 401);
  answer = ask_bare();
  ck_assert_int_eq(answer.status, 401);
  ck_assert_int_eq(answer.connects, 0);
  lab_answer_finish(&answer);
  close_lab();
}
END_TEST

START_TEST(require__lets_in_who_is_bound_to_this_certificate_alone)
{
  open_lab("extended-protection");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 401);
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, BOUND_ELSEWHERE), 401);
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, BOUND), 200);
  ck_assert_int_eq(sign_in_as("Negotiate", NETBIOS, UNBOUND), 401);
  ck_assert_int_eq(sign_in_as("Negotiate", NETBIOS, BOUND_ELSEWHERE), 401);
  ck_assert_int_eq(sign_in_as("Negotiate", NETBIOS, BOUND), 200);
  ck_assert_int_eq(count("bad"), 0); // the passwords were right
  close_lab();
}
END_TEST

START_TEST(require__refuses_a_wrong_password_that_is_bound)
{
  open_lab("extended-protection");
  ck_assert_int_eq(sign_in(&(struct client){"NTLM", NETBIOS, "wrong", BOUND}), 401);
  ck_assert_int_eq(count("bad"), 1);
  close_lab();
}
END_TEST

START_TEST(allow__refuses_only_who_is_bound_elsewhere)
{
  open_lab("extended-protection-allow");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 200);
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, BOUND), 200);
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, BOUND_ELSEWHERE), 401);
  ck_assert_int_eq(sign_in_as("Negotiate", NETBIOS, UNBOUND), 200);
  ck_assert_int_eq(sign_in_as("Negotiate", NETBIOS, BOUND_ELSEWHERE), 401);
  close_lab();
}
END_TEST

START_TEST(off__does_not_look_at_bindings)
{
  open_lab("ntlm");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, BOUND_ELSEWHERE), 200);
  close_lab();
}
END_TEST

START_TEST(schemes__that_are_not_offered_are_refused)
{
  open_lab("negotiate-only");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 401);
  ck_assert_int_eq(sign_in_as("Negotiate", NETBIOS, UNBOUND), 200);
  close_lab();
  open_lab("windows-refused");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 401);
  close_lab();
  open_lab("plain");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 401);
  close_lab();
}
END_TEST

START_TEST(lockout__refuses_the_right_password_after_three_wrong_ones)
{
  open_lab("lockout");
  for (int i = 0; i < 3; i++) {
    ck_assert_int_eq(count("locked"), 0);
    ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 200);
    ck_assert_int_eq(sign_in(&(struct client){"NTLM", NETBIOS, "wrong", UNBOUND}), 401);
  }
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 401);
  struct lab_answer answer = lab_ask(&lab, &(struct lab_question){.body = ""});
  ck_assert_int_eq(answer.status, 401);
  lab_answer_finish(&answer);
  ck_assert_int_eq(count("locked"), 1);
  ck_assert_int_eq(count("bad"), 3);
  close_lab();
}
END_TEST

START_TEST(drop__ends_the_connection_after_the_challenge)
{
  open_lab("drop-ntlm");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 401);
  ck_assert_int_eq(count("accepted"), 0);
  close_lab();
}
END_TEST

START_TEST(messages__that_are_broken_are_refused_and_the_lab_goes_on)
{
  static const char *const broken[] = {"NTLM",          "NTLM ",
                                       "NTLM ====",     "NTLM AAAA",
                                       "NTLM !!!!",     "NTLM TlRMTVNTUAADAAAA",
                                       "Negotiate YA",  "Negotiate YIIB",
                                       "Kerberos AAAA", "Negotiate TlRMTVNTUAADAAAA"};
  open_lab("all-schemes");
  for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
    struct lab_answer answer =
        lab_ask(&lab, &(struct lab_question){.authorization = broken[i], .body = ""});
    ck_assert_msg(answer.status == 401, "%s: %ld", broken[i], answer.status);
    ck_assert_ptr_nonnull(strstr(answer.headers, "WWW-Authenticate: NTLM\r\n"));
    lab_answer_finish(&answer);
  }
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 200);
  close_lab();
}
END_TEST

// A file in a directory of its own, which the test removes.
static char directory[64];
static char file[128];

static void
write_file(const char *text)
{
  snprintf(directory, sizeof(directory), "/tmp/tenon-lab-signin-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(directory));
  snprintf(file, sizeof(file), "%s/file", directory);
  FILE *stream = fopen(file, "wx");
  ck_assert_ptr_nonnull(stream);
  fputs(text, stream);
  ck_assert_int_eq(fclose(stream), 0);
}

static void
remove_file(void)
{
  unlink(file);
  rmdir(directory);
}

// The exit status with the arguments; the complaint names `named`.
static void
assert_refused(const char *const *arguments, int status, const char *named)
{
  char *output;
  char *errors;
  ck_assert_int_eq(lab_run_once(arguments, &output, &errors), status);
  ck_assert_str_eq(output, "");
  ck_assert_msg(strstr(errors, named) != NULL, "%s", errors);
  free(output);
  free(errors);
}

START_TEST(password_file__has_the_password_in_its_first_line)
{
  write_file("Given-Pa55\nignored\n");
  lab = lab_start((const char *[]){"--scenario", "ntlm", "--password-file", file, NULL});
  ck_assert_str_eq(lab_password(&lab), "Given-Pa55");
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 200);
  close_lab();
  remove_file();
}
END_TEST

START_TEST(password_file__that_is_no_use_is_named)
{
  static const char *const useless[] = {"", "\n", "with:colon\n", "with\ttab\n"};
  for (size_t i = 0; i < sizeof(useless) / sizeof(useless[0]); i++) {
    write_file(useless[i]);
    assert_refused((const char *[]){"--password-file", file, NULL}, 2, file);
    remove_file();
  }
  assert_refused((const char *[]){"--password-file", file, NULL}, 2, file);
}
END_TEST

START_TEST(keytab__is_asked_for_and_must_hold_a_key)
{
  assert_refused((const char *[]){"--scenario", "kerberos-only", NULL}, 2, "--keytab");
  write_file("no keytab");
  assert_refused((const char *[]){"--scenario", "kerberos-only", "--keytab", file, NULL}, 3, file);
  remove_file();
  assert_refused((const char *[]){"--keytab", file, NULL}, 3, file);
}
END_TEST

START_TEST(scratch__holds_the_password_for_its_owner_only_and_is_gone)
{
  open_lab("ntlm");
  char users[512];
  snprintf(users, sizeof(users), "%s", lab_string(&lab, "ca_file"));
  char *end = strrchr(users, '/');
  ck_assert_ptr_nonnull(end);
  ck_assert_int_eq(sign_in_as("NTLM", NETBIOS, UNBOUND), 200);
  snprintf(end, sizeof(users) - (size_t)(end - users), "/users");
  struct stat status;
  ck_assert_int_eq(stat(users, &status), 0);
  ck_assert_int_eq(status.st_mode & 0777, 0600);
  close_lab();
  *end = '\0';
  ck_assert_int_eq(stat(users, &status), -1);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab-signin");
  TCase *signin = tcase_create("signin");
  tcase_set_timeout(signin, 60);
  tcase_add_test(signin, ntlm__takes_domain_forms_and_the_whole_upn_whatever_the_case);
  tcase_add_test(signin, ntlm__refuses_a_wrong_password_and_another_user);
  tcase_add_test(signin, signed_in__is_the_connection_until_another_sign_in);
  tcase_add_test(signin, require__lets_in_who_is_bound_to_this_certificate_alone);
  tcase_add_test(signin, require__refuses_a_wrong_password_that_is_bound);
  tcase_add_test(signin, allow__refuses_only_who_is_bound_elsewhere);
  tcase_add_test(signin, off__does_not_look_at_bindings);
  tcase_add_test(signin, schemes__that_are_not_offered_are_refused);
  tcase_add_test(signin, lockout__refuses_the_right_password_after_three_wrong_ones);
  tcase_add_test(signin, drop__ends_the_connection_after_the_challenge);
  tcase_add_test(signin, messages__that_are_broken_are_refused_and_the_lab_goes_on);
  tcase_add_test(signin, password_file__has_the_password_in_its_first_line);
  tcase_add_test(signin, password_file__that_is_no_use_is_named);
  tcase_add_test(signin, keytab__is_asked_for_and_must_hold_a_key);
  tcase_add_test(signin, scratch__holds_the_password_for_its_owner_only_and_is_gone);
  suite_add_tcase(suite, signin);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
