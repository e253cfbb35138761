// SPDX-License-Identifier: Apache-2.0
//
// What the plain lab answers to each EWS operation, identity and mistake.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab_client.h"

static struct lab_run lab;

static void
open_lab(void)
{
  lab = lab_start((const char *[]){"--mailboxes", "250", NULL});
}

static void
close_lab(void)
{
  ck_assert_int_eq(lab_stop(&lab), 0);
}

static void
assert_code(const char *header, const char *body, long status, const char *code)
{
  struct lab_answer answer = lab_post(&lab, header, body);
  char *got = lab_code(&answer);
  ck_assert_str_eq(got, code);
  ck_assert_int_eq(answer.status, status);
  free(got);
  lab_answer_finish(&answer);
}

static void
assert_impersonation(const char *kind, const char *value, long status, const char *code)
{
  char *header = lab_impersonate(kind, value);
  assert_code(header, LAB_GET_FOLDER, status, code);
  free(header);
}

static struct lab_answer
ask_for(const char *entry, const char *attributes)
{
  char body[512];
  snprintf(body, sizeof(body),
           "<m:ResolveNames ReturnFullContactData=\"true\" %s><m:UnresolvedEntry>%s"
           "</m:UnresolvedEntry></m:ResolveNames>",
           attributes, entry);
  return lab_post(&lab, LAB_VERSION("Exchange2013_SP1"), body);
}

static void
assert_found(const char *entry, const char *attributes, const char *code, const char *part)
{
  struct lab_answer answer = ask_for(entry, attributes);
  char *got = lab_code(&answer);
  ck_assert_str_eq(got, code);
  ck_assert_msg(strstr(answer.body, part) != NULL, "no %s in %s", part, answer.body);
  free(got);
  lab_answer_finish(&answer);
}

START_TEST(convert_id__answers_an_administrator_without_mailbox)
{
  struct lab_answer answer = lab_post(&lab, LAB_VERSION("Exchange2013_SP1"), LAB_CONVERT_ID);
  char *code = lab_code(&answer);
  ck_assert_str_eq(code, "ErrorInvalidIdMalformed");
  ck_assert_int_eq(answer.status, 200);
  ck_assert_ptr_nonnull(strstr(answer.body, "ServerVersionInfo MajorVersion=\"15\""));
  free(code);
  lab_answer_finish(&answer);
}
END_TEST

// Converts an id of user00007's; the new one is the caller's to free.
static char *
convert(const char *from, const char *id, const char *to)
{
  char body[1024];
  snprintf(body, sizeof(body),
           "<m:ConvertId DestinationFormat=\"%s\"><m:SourceIds><t:AlternateId Format=\"%s\" "
           "Id=\"%s\" Mailbox=\"user00007@contoso.example\"/></m:SourceIds></m:ConvertId>",
           to, from, id);
  struct lab_answer answer = lab_post(&lab, "", body);
  const char *at = strstr(answer.body, " Id=\"");
  ck_assert_msg(at != NULL, "no id in %s", answer.body);
  char *converted = strndup(at + 5, strcspn(at + 5, "\""));
  lab_answer_finish(&answer);
  return converted;
}

START_TEST(convert_id__converts_an_id_that_the_lab_gave_out_there_and_back)
{
  char *header = lab_impersonate("SmtpAddress", "user00007@contoso.example");
  struct lab_answer answer = lab_post(&lab, header, LAB_GET_FOLDER);
  const char *at = strstr(answer.body, "FolderId Id=\"");
  ck_assert_ptr_nonnull(at);
  char *id = strndup(at + 13, strcspn(at + 13, "\""));
  char *hexadecimal = convert("EwsId", id, "HexEntryId");
  ck_assert_uint_eq(strspn(hexadecimal, "0123456789ABCDEF"), strlen(hexadecimal));
  char *back = convert("HexEntryId", hexadecimal, "EwsId");
  ck_assert_str_eq(back, id);
  free(back);
  free(hexadecimal);
  free(id);
  lab_answer_finish(&answer);
  free(header);
}
END_TEST

START_TEST(convert_id__refuses_a_mailbox_that_is_no_address)
{
  assert_code("",
              "<m:ConvertId DestinationFormat=\"EntryId\"><m:SourceIds><t:AlternateId "
              "Format=\"EwsId\" Id=\"A\" Mailbox=\"nowhere\"/></m:SourceIds></m:ConvertId>",
              200, "ErrorInvalidSmtpAddress");
}
END_TEST

START_TEST(get_folder__opens_a_mailbox_by_every_kind_of_identity)
{
  assert_impersonation("SmtpAddress", "user00003@contoso.example", 200, "NoError");
  assert_impersonation("SmtpAddress", "USER00003@Contoso.Example", 200, "NoError");
  assert_impersonation("SmtpAddress", "mailbox00003@contoso.example", 200, "NoError");
  assert_impersonation("PrimarySmtpAddress", "user00003@contoso.example", 200, "NoError");
  assert_impersonation("PrincipalName", "user00003@contoso.example", 200, "NoError");
  assert_impersonation("SID", "S-1-5-21-1004336348-1177238915-682003330-10003", 200, "NoError");
}
END_TEST

START_TEST(get_folder__tells_an_administrator_without_mailbox_to_name_one)
{
  assert_code("", LAB_GET_FOLDER, 200, "ErrorMissingEmailAddress");
}
END_TEST

START_TEST(get_folder__does_not_open_another_mailbox_without_impersonation)
{
  assert_code("",
              "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
              "<m:FolderIds><t:DistinguishedFolderId Id=\"inbox\"><t:Mailbox><t:EmailAddress>"
              "user00001@contoso.example</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"
              "</m:FolderIds></m:GetFolder>",
              200, "ErrorAccessDenied");
}
END_TEST

START_TEST(get_folder__refuses_a_folder_name_that_the_schema_does_not_have)
{
  assert_code("",
              "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
              "<m:FolderIds><t:DistinguishedFolderId Id=\"attic\"/></m:FolderIds></m:GetFolder>",
              500, "ErrorSchemaValidation");
}
END_TEST

START_TEST(get_folder__says_which_folders_a_mailbox_does_not_have)
{
  char *header = lab_impersonate("SmtpAddress", "user00001@contoso.example");
  assert_code(header,
              "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
              "<m:FolderIds><t:DistinguishedFolderId Id=\"archiveroot\"/></m:FolderIds>"
              "</m:GetFolder>",
              200, "ErrorFolderNotFound");
  free(header);
}
END_TEST

START_TEST(get_folder__adds_the_properties_that_are_asked_for)
{
  char *header = lab_impersonate("SmtpAddress", "user00001@contoso.example");
  struct lab_answer answer =
      lab_post(&lab, header,
               "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape>"
               "<t:AdditionalProperties><t:FieldURI FieldURI=\"folder:DisplayName\"/>"
               "</t:AdditionalProperties></m:FolderShape><m:FolderIds><t:DistinguishedFolderId "
               "Id=\"inbox\"/></m:FolderIds></m:GetFolder>");
  ck_assert_ptr_nonnull(strstr(answer.body, "<t:DisplayName>Inbox</t:DisplayName>"));
  ck_assert_ptr_null(strstr(answer.body, "TotalCount"));
  free(header);
  lab_answer_finish(&answer);
}
END_TEST

START_TEST(impersonation__tells_denied_missing_disabled_and_malformed_apart)
{
  assert_impersonation("SmtpAddress", "ceo@contoso.example", 500, "ErrorImpersonateUserDenied");
  assert_impersonation("SmtpAddress", "nobody@contoso.example", 500, "ErrorNonExistentMailbox");
  assert_impersonation("SmtpAddress", "user00251@contoso.example", 500, "ErrorNonExistentMailbox");
  assert_impersonation("SmtpAddress", "user1@contoso.example", 500, "ErrorNonExistentMailbox");
  assert_impersonation("SmtpAddress", "user00001@fabrikam.example", 500, "ErrorNonExistentMailbox");
  assert_impersonation("SmtpAddress", "former.intern@contoso.example", 500, "ErrorAccountDisabled");
  assert_impersonation("SmtpAddress", "not an address", 500, "ErrorInvalidSmtpAddress");
  assert_impersonation("PrincipalName", "nonsense", 500, "ErrorInvalidUserPrincipalName");
  assert_impersonation("SID", "nonsense", 500, "ErrorInvalidUserSid");
  assert_impersonation("SID", "S-1-5-21-1-2-3-4", 500, "ErrorNonExistentMailbox");
}
END_TEST

START_TEST(impersonation__names_the_primary_address_when_another_is_given_for_it)
{
  char *header = lab_impersonate("PrimarySmtpAddress", "mailbox00003@contoso.example");
  struct lab_answer answer = lab_post(&lab, header, LAB_GET_FOLDER);
  char *code = lab_code(&answer);
  ck_assert_str_eq(code, "ErrorNonPrimarySmtpAddress");
  ck_assert_ptr_nonnull(
      strstr(answer.body, "<t:Value Name=\"Primary\">user00003@contoso.example</t:Value>"));
  free(code);
  free(header);
  lab_answer_finish(&answer);
}
END_TEST

START_TEST(impersonation__of_the_administrator_finds_no_mailbox)
{
  assert_impersonation("SmtpAddress", "svc-tenon@contoso.example", 500, "ErrorNonExistentMailbox");
}
END_TEST

START_TEST(impersonation__refuses_a_header_that_is_empty_or_names_two)
{
  assert_code("<t:ExchangeImpersonation><t:ConnectingSID/></t:ExchangeImpersonation>",
              LAB_GET_FOLDER, 500, "ErrorInvalidExchangeImpersonationHeaderData");
  assert_impersonation("SmtpAddress", "", 500, "ErrorInvalidExchangeImpersonationHeaderData");
  assert_code("<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>user00001@contoso.example"
              "</t:SmtpAddress><t:SID>S-1-1</t:SID></t:ConnectingSID></t:ExchangeImpersonation>",
              LAB_GET_FOLDER, 500, "ErrorSchemaValidation");
}
END_TEST

START_TEST(impersonation__refuses_two_access_headers)
{
  static const char one[] =
      "<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>user00001@contoso.example"
      "</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>";
  char two[1024];
  snprintf(two, sizeof(two), "%s<t:ManagementRole><t:UserRoles/></t:ManagementRole>", one);
  assert_code(two, LAB_GET_FOLDER, 500, "ErrorMoreThanOneAccessModeSpecified");
  snprintf(two, sizeof(two), "%s%s", one, one);
  assert_code(two, LAB_GET_FOLDER, 500, "ErrorDuplicateSOAPHeader");
}
END_TEST

START_TEST(impersonation__works_for_operations_that_need_no_mailbox)
{
  char *header = lab_impersonate("SmtpAddress", "ceo@contoso.example");
  assert_code(header, LAB_CONVERT_ID, 500, "ErrorImpersonateUserDenied");
  free(header);
  header = lab_impersonate("SmtpAddress", "user00001@contoso.example");
  assert_code(header, LAB_CONVERT_ID, 200, "ErrorInvalidIdMalformed");
  free(header);
}
END_TEST

START_TEST(version__is_taken_when_known_and_refused_when_made_up)
{
  assert_code(LAB_VERSION("Exchange2016"), LAB_CONVERT_ID, 200, "ErrorInvalidIdMalformed");
  assert_code(LAB_VERSION("V2017_07_11"), LAB_CONVERT_ID, 200, "ErrorInvalidIdMalformed");
  assert_code(LAB_VERSION("Exchange2019"), LAB_CONVERT_ID, 500, "ErrorInvalidRequest");
  assert_code(LAB_VERSION("V2018_01_08"), LAB_CONVERT_ID, 500, "ErrorInvalidRequest");
}
END_TEST

START_TEST(request__with_an_unknown_operation_is_invalid)
{
  assert_code("", "<m:FindPeople/>", 500, "ErrorInvalidRequest");
  assert_code("", "", 500, "ErrorInvalidRequest");
}
END_TEST

START_TEST(resolve_names__finds_people_by_parts_of_name_and_address)
{
  assert_found("user00042", "", "NoError", "user00042@contoso.example");
  assert_found("whitf", "SearchScope=\"ActiveDirectory\"", "NoError", "ceo@contoso.example");
  assert_found("Bianca Schmidt", "", "NoError", "user00002@contoso.example");
  assert_found("retired", "", "NoError", "Edith Lowell");
  assert_found("smtp:mailbox00009@contoso.example", "", "NoError", "user00009@contoso.example");
}
END_TEST

START_TEST(resolve_names__warns_of_several_and_says_when_there_are_more)
{
  assert_found("user0001", "", "ErrorNameResolutionMultipleResults",
               "TotalItemsInView=\"10\" IncludesLastItemInRange=\"true\"");
  assert_found("user", "", "ErrorNameResolutionMultipleResults",
               "TotalItemsInView=\"100\" IncludesLastItemInRange=\"false\"");
}
END_TEST

START_TEST(resolve_names__finds_nobody_who_is_missing)
{
  assert_found("nobody", "", "ErrorNameResolutionNoResults", "No results were found.");
  assert_found("smtp:nobody@contoso.example", "", "ErrorNameResolutionNoResults", "Error");
  assert_found("user", "SearchScope=\"Contacts\"", "ErrorNameResolutionNoMailbox", "Error");
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab: EWS");
  TCase *ews = tcase_create("ews");
  tcase_set_timeout(ews, 60);
  tcase_add_unchecked_fixture(ews, open_lab, close_lab);
  tcase_add_test(ews, convert_id__answers_an_administrator_without_mailbox);
  tcase_add_test(ews, convert_id__converts_an_id_that_the_lab_gave_out_there_and_back);
  tcase_add_test(ews, convert_id__refuses_a_mailbox_that_is_no_address);
  tcase_add_test(ews, get_folder__opens_a_mailbox_by_every_kind_of_identity);
  tcase_add_test(ews, get_folder__tells_an_administrator_without_mailbox_to_name_one);
  tcase_add_test(ews, get_folder__does_not_open_another_mailbox_without_impersonation);
  tcase_add_test(ews, get_folder__refuses_a_folder_name_that_the_schema_does_not_have);
  tcase_add_test(ews, get_folder__says_which_folders_a_mailbox_does_not_have);
  tcase_add_test(ews, get_folder__adds_the_properties_that_are_asked_for);
  tcase_add_test(ews, impersonation__tells_denied_missing_disabled_and_malformed_apart);
  tcase_add_test(ews, impersonation__names_the_primary_address_when_another_is_given_for_it);
  tcase_add_test(ews, impersonation__of_the_administrator_finds_no_mailbox);
  tcase_add_test(ews, impersonation__refuses_a_header_that_is_empty_or_names_two);
  tcase_add_test(ews, impersonation__refuses_two_access_headers);
  tcase_add_test(ews, impersonation__works_for_operations_that_need_no_mailbox);
  tcase_add_test(ews, version__is_taken_when_known_and_refused_when_made_up);
  tcase_add_test(ews, request__with_an_unknown_operation_is_invalid);
  tcase_add_test(ews, resolve_names__finds_people_by_parts_of_name_and_address);
  tcase_add_test(ews, resolve_names__warns_of_several_and_says_when_there_are_more);
  tcase_add_test(ews, resolve_names__finds_nobody_who_is_missing);
  suite_add_tcase(suite, ews);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
