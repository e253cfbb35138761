// SPDX-License-Identifier: Apache-2.0
//
// Requests as they go out: well-formed whatever is put into them, and valid by Microsoft's schema
// where a copy of that lies beside the source.
#include "ews.h"
#include "soap.h"
#include "version.h"

#include <check.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

#define SCHEMA TENON_SHARED_DATA "/ews/schema/2017/ews-validate.xsd"

static struct ews_template template;
static struct ews_request request;
static char whole[EWS_HEAD_MAX + EWS_ESCAPED_MAX + EWS_TAIL_MAX + 1];

static void
fill(const char *value)
{
  ews_request_fill(&request, &template, value, "anchor@contoso.example", "id");
  size_t n = 0;
  for (size_t i = 0; i < 3; i++) {
    memcpy(whole + n, request.parts[i].text.ptr, request.parts[i].text.len);
    n += request.parts[i].text.len;
  }
  whole[n] = 0;
}

#define AS_APP    6 // the directory, asked by an application
#define BY_RIGHTS 7 // a folder, by a person's rights on it

static void
make(size_t kind, const char *version)
{
  if (kind == 0)
    ews_convert_id(&template, version);
  else if (kind == 1)
    ews_resolve_names(&template, version, EWS_IDENTITY_SMTP, "");
  else if (kind == AS_APP)
    ews_resolve_names(&template, version, EWS_IDENTITY_SMTP, "oneil<&>@contoso.example");
  else if (kind == BY_RIGHTS)
    ews_get_folder(&template, version, EWS_REACH_DELEGATE, EWS_IDENTITY_SMTP);
  else
    ews_get_folder(&template, version, EWS_REACH_ROLE, (enum ews_identity)(kind - 2));
}

#define KINDS 8

START_TEST(request__is_well_formed_whatever_the_address_holds)
{
  make((size_t)_i, "Exchange2013_SP1");
  fill("</t:SmtpAddress>&<\"'>@contoso.example");
  xmlDocPtr doc = xmlReadMemory(whole, (int)strlen(whole), NULL, NULL, XML_PARSE_NONET);
  ck_assert_ptr_nonnull(doc);
  xmlFreeDoc(doc);
}
END_TEST

START_TEST(request__has_exactly_one_identity)
{
  static const char *const elements[] = {"<t:SmtpAddress>", "<t:PrimarySmtpAddress>",
                                         "<t:PrincipalName>", "<t:SID>"};
  make((size_t)_i + 2, "Exchange2013_SP1");
  fill("alex@contoso.example");
  for (size_t i = 0; i < 4; i++)
    ck_assert_int_eq(strstr(whole, elements[i]) != NULL, i == (size_t)_i);
}
END_TEST

START_TEST(request__carries_anchor_and_id)
{
  make(2, "Exchange2013_SP1");
  fill("alex@contoso.example");
  bool anchor = false, id = false;
  for (size_t i = 0; i < request.n_headers; i++) {
    anchor |= strcmp(request.headers[i].key, "X-AnchorMailbox") == 0;
    id |= strcmp(request.headers[i].key, "client-request-id") == 0;
  }
  ck_assert(anchor && id);
}
END_TEST

START_TEST(request__by_rights_names_the_mailbox_with_its_folder_and_acts_as_nobody)
{
  make(BY_RIGHTS, "Exchange2013_SP1");
  fill("alex@contoso.example");
  ck_assert_ptr_null(strstr(whole, "ExchangeImpersonation"));
  ck_assert_ptr_nonnull(strstr(whole, "<t:DistinguishedFolderId Id=\"inbox\"><t:Mailbox>"
                                      "<t:EmailAddress>alex@contoso.example</t:EmailAddress>"));
}
END_TEST

START_TEST(request__of_an_application_asks_the_directory_as_somebody)
{
  make(AS_APP, "Exchange2013_SP1");
  fill("al");
  ck_assert_ptr_nonnull(
      strstr(whole, "<t:SmtpAddress>oneil&lt;&amp;&gt;@contoso.example</t:SmtpAddress>"));
  make(1, "Exchange2013_SP1");
  fill("al");
  ck_assert_ptr_null(strstr(whole, "ExchangeImpersonation"));
}
END_TEST

START_TEST(request__ids_differ)
{
  struct ews_ids ids;
  char one[EWS_ID_MAX], two[EWS_ID_MAX];
  ews_ids_init(&ids);
  ews_ids_next(&ids, one);
  ews_ids_next(&ids, two);
  ck_assert_str_ne(one, two);
  ck_assert_uint_eq(strlen(one), 36);
}
END_TEST

static void
silent(void *context, const char *format, ...)
{
  (void)context, (void)format;
}

// The schema knows what stands in Header and Body, not the envelope itself.
static int
validate(xmlSchemaValidCtxtPtr valid, xmlDocPtr doc)
{
  int failures = 0;
  xmlNodePtr part = xmlFirstElementChild(xmlDocGetRootElement(doc));
  for (; part != NULL; part = xmlNextElementSibling(part))
    for (xmlNodePtr e = xmlFirstElementChild(part); e != NULL; e = xmlNextElementSibling(e))
      failures += xmlSchemaValidateOneElement(valid, e) != 0;
  return failures;
}

START_TEST(request__is_valid_by_the_schema)
{
  if (access(SCHEMA, R_OK) != 0)
    return;
  xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(SCHEMA);
  xmlSchemaSetParserErrors(parser, silent, silent, NULL);
  xmlSchemaPtr schema = xmlSchemaParse(parser);
  ck_assert_ptr_nonnull(schema);
  xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(schema);
  xmlSchemaSetValidErrors(valid, silent, silent, NULL);
  for (size_t kind = 0; kind < KINDS; kind++)
    for (size_t step = 0; step < EWS_LADDER_STEPS; step++) {
      make(kind, ews_ladder_version(step));
      fill(kind == 5 ? "S-1-5-21-1-2-3-500" : "alex@contoso.example");
      xmlDocPtr doc = xmlReadMemory(whole, (int)strlen(whole), NULL, NULL, XML_PARSE_NONET);
      int failures = validate(valid, doc);
      xmlFreeDoc(doc);
      ck_assert_msg(failures == 0, "request %zu is not valid: %s", kind, whole);
    }
  xmlSchemaFreeValidCtxt(valid);
  xmlSchemaFree(schema);
  xmlSchemaFreeParserCtxt(parser);
}
END_TEST

TCase *
request_cases(void)
{
  TCase *cases = tcase_create("requests");
  tcase_set_timeout(cases, 60);
  tcase_add_loop_test(cases, request__is_well_formed_whatever_the_address_holds, 0, KINDS);
  tcase_add_loop_test(cases, request__has_exactly_one_identity, 0, 4);
  tcase_add_test(cases, request__carries_anchor_and_id);
  tcase_add_test(cases, request__ids_differ);
  tcase_add_test(cases, request__by_rights_names_the_mailbox_with_its_folder_and_acts_as_nobody);
  tcase_add_test(cases, request__of_an_application_asks_the_directory_as_somebody);
  tcase_add_test(cases, request__is_valid_by_the_schema);
  return cases;
}
