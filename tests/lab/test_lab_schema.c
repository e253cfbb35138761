// SPDX-License-Identifier: Apache-2.0
//
// Every EWS message that the lab writes validates against Microsoft's schema, where that lies
// beside the source (given as the argument); elsewhere the test is skipped.
#include <check.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab_client.h"

#define SKIPPED 77

static const char *schema_path;
static xmlSchema *schema;
static struct lab_run lab;

static void
open_lab(void)
{
  xmlSchemaParserCtxt *parser = xmlSchemaNewParserCtxt(schema_path);
  schema = xmlSchemaParse(parser);
  xmlSchemaFreeParserCtxt(parser);
  ck_assert_ptr_nonnull(schema);
  lab = lab_start((const char *[]){"--mailboxes", "250", NULL});
}

static void
close_lab(void)
{
  ck_assert_int_eq(lab_stop(&lab), 0);
  xmlSchemaFree(schema);
}

static xmlNode *
child_of(xmlNode *node, const char *name)
{
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, name) == 0)
      return child;
  ck_abort_msg("no %s", name);
}

static void
assert_element_valid(xmlNode *element, const char *whole)
{
  xmlSchemaValidCtxt *validation = xmlSchemaNewValidCtxt(schema);
  int result = xmlSchemaValidateOneElement(validation, element);
  ck_assert_msg(result == 0, "%s is not valid (%d): %s", (const char *)element->name, result,
                whole);
  xmlSchemaFreeValidCtxt(validation);
}

// Posts the call and validates the version header and the response, which must be `response`.
static void
assert_valid(const char *header, const char *body, const char *response)
{
  struct lab_answer answer = lab_post(&lab, header, body);
  xmlDoc *document = xmlReadMemory(answer.body, (int)strlen(answer.body), NULL, NULL, 0);
  ck_assert_ptr_nonnull(document);
  xmlNode *envelope = xmlDocGetRootElement(document);
  assert_element_valid(child_of(child_of(envelope, "Header"), "ServerVersionInfo"), answer.body);
  assert_element_valid(child_of(child_of(envelope, "Body"), response), answer.body);
  xmlFreeDoc(document);
  lab_answer_finish(&answer);
}

START_TEST(convert_id__is_valid_in_success_and_error)
{
  assert_valid("", LAB_CONVERT_ID, "ConvertIdResponse");
  // A folder id of user00001's inbox, as the lab writes it.
  static const char id[] =
      "AAMkAHRlbm9uLWxhYgARJwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  static const char *const formats[] = {"EwsLegacyId", "EwsId",   "EntryId",
                                        "HexEntryId",  "StoreId", "OwaId"};
  for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
    char body[1024];
    snprintf(body, sizeof(body),
             "<m:ConvertId DestinationFormat=\"%s\"><m:SourceIds><t:AlternateId Format=\"EwsId\" "
             "Id=\"%s\" Mailbox=\"user00001@contoso.example\"/><t:AlternateId Format=\"EwsId\" "
             "Id=\"x\" Mailbox=\"nowhere\"/></m:SourceIds></m:ConvertId>",
             formats[i], id);
    assert_valid("", body, "ConvertIdResponse");
    struct lab_answer answer = lab_post(&lab, "", body);
    ck_assert_ptr_nonnull(strstr(answer.body, "<m:ResponseCode>NoError"));
    lab_answer_finish(&answer);
  }
}
END_TEST

START_TEST(get_folder__is_valid_for_every_folder_and_shape)
{
  static const char *const folders[] = {
      "inbox",     "root",          "msgfolderroot", "calendar",
      "contacts",  "tasks",         "drafts",        "outbox",
      "sentitems", "notes",         "deleteditems",  "journal",
      "junkemail", "searchfolders", "archiveroot",   "publicfoldersroot",
  };
  static const char *const shapes[] = {"IdOnly", "Default", "AllProperties"};
  char *header = lab_impersonate("SmtpAddress", "user00001@contoso.example");
  for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
    for (size_t j = 0; j < 3; j++) {
      char body[512];
      snprintf(body, sizeof(body),
               "<m:GetFolder><m:FolderShape><t:BaseShape>%s</t:BaseShape></m:FolderShape>"
               "<m:FolderIds><t:DistinguishedFolderId Id=\"%s\"/><t:FolderId Id=\"x\"/>"
               "</m:FolderIds></m:GetFolder>",
               shapes[j], folders[i]);
      assert_valid(header, body, "GetFolderResponse");
    }
  free(header);
}
END_TEST

START_TEST(get_folder__is_valid_when_it_refuses)
{
  assert_valid("", LAB_GET_FOLDER, "GetFolderResponse");
}
END_TEST

START_TEST(resolve_names__is_valid_for_none_one_several_and_too_many)
{
  static const char *const entries[] = {"nobody", "user00042", "user0001", "user", "ceo"};
  for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
    for (int whole = 0; whole < 2; whole++) {
      char body[512];
      snprintf(body, sizeof(body),
               "<m:ResolveNames ReturnFullContactData=\"%s\"><m:UnresolvedEntry>%s"
               "</m:UnresolvedEntry></m:ResolveNames>",
               whole ? "true" : "false", entries[i]);
      assert_valid("", body, "ResolveNamesResponse");
    }
}
END_TEST

int
main(int count, char **arguments)
{
  if (count != 2 || access(arguments[1], R_OK) != 0) {
    puts("skipped: Microsoft's schema is not there");
    return SKIPPED;
  }
  schema_path = arguments[1];
  Suite *suite = suite_create("lab: schema");
  TCase *valid = tcase_create("schema");
  tcase_set_timeout(valid, 60);
  tcase_add_unchecked_fixture(valid, open_lab, close_lab);
  tcase_add_test(valid, convert_id__is_valid_in_success_and_error);
  tcase_add_test(valid, get_folder__is_valid_for_every_folder_and_shape);
  tcase_add_test(valid, get_folder__is_valid_when_it_refuses);
  tcase_add_test(valid, resolve_names__is_valid_for_none_one_several_and_too_many);
  suite_add_tcase(suite, valid);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
