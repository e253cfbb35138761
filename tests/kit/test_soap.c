// SPDX-License-Identifier: Apache-2.0
//
// What the SOAP reader takes, and what it will not take from anybody.
#include "soap.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#define ENVELOPE(header, body)                                                                     \
  "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES   \
  "\" xmlns:m=\"" SOAP_NS_MESSAGES "\"><s:Header>" header "</s:Header><s:Body>" body               \
  "</s:Body></s:Envelope>"
#define MESSAGE(class, inside)                                                                     \
  "<m:GetFolderResponse><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass=\"" class    \
      "\">" inside "</m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>"

static struct soap_reader *reader;
static struct soap_reply reply;

static void
set_up(void)
{
  reader = soap_reader_create();
  ck_assert_ptr_nonnull(reader);
}

static void
tear_down(void)
{
  soap_reader_destroy(reader);
}

static void
read_text(const char *text)
{
  soap_read(reader, text, strlen(text), &reply, NULL, NULL);
}

START_TEST(soap__reads_a_success_and_the_build)
{
  read_text(ENVELOPE("<t:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"2\" "
                     "MajorBuildNumber=\"2562\" MinorBuildNumber=\"17\" Version=\"V2017_07_11\"/>",
                     MESSAGE("Success", "<m:ResponseCode>NoError</m:ResponseCode>")));
  ck_assert_int_eq(reply.state, SOAP_READ);
  ck_assert_int_eq(reply.class, SOAP_CLASS_SUCCESS);
  ck_assert_str_eq(reply.code, "NoError");
  ck_assert_uint_eq(reply.build.build, 2562);
  ck_assert_str_eq(reply.schema, "V2017_07_11");
  ck_assert(!reply.fault);
}
END_TEST

START_TEST(soap__matches_names_by_namespace_and_not_by_prefix)
{
  read_text("<Envelope xmlns=\"" SOAP_NS_ENVELOPE
            "\"><Body><GetFolderResponse xmlns=\"" SOAP_NS_MESSAGES
            "\"><ResponseMessages><GetFolderResponseMessage ResponseClass=\"Error\">"
            "<ResponseCode>ErrorAccessDenied</ResponseCode></GetFolderResponseMessage>"
            "</ResponseMessages></GetFolderResponse></Body></Envelope>");
  ck_assert_str_eq(reply.code, "ErrorAccessDenied");
  read_text("<s:Envelope xmlns:s=\"urn:somebody\"><s:Body/></s:Envelope>");
  ck_assert_int_eq(reply.state, SOAP_NOT_SOAP);
}
END_TEST

START_TEST(soap__takes_the_code_of_a_fault_from_the_detail_first)
{
  read_text(ENVELOPE("", "<s:Fault><faultcode>t:ErrorOther</faultcode><detail><e:ResponseCode "
                         "xmlns:e=\"" SOAP_NS_ERRORS "\">\n ErrorServerBusy \n</e:ResponseCode>"
                         "<t:MessageXml><t:Value Name=\"BackOffMilliseconds\">1500</t:Value>"
                         "</t:MessageXml></detail></s:Fault>"));
  ck_assert(reply.fault);
  ck_assert_str_eq(reply.code, "ErrorServerBusy");
  ck_assert_int_eq(reply.backoff_ns, INT64_C(1500000000));
}
END_TEST

START_TEST(soap__takes_a_bare_faultcode_where_there_is_no_detail)
{
  read_text(ENVELOPE("", "<s:Fault><faultcode>ErrorImpersonateUserDenied</faultcode>"
                         "<faultstring>E-3243</faultstring></s:Fault>"));
  ck_assert(reply.fault);
  ck_assert_str_eq(reply.code, "ErrorImpersonateUserDenied");
  read_text(ENVELOPE("", "<s:Fault><faultcode>s:Client</faultcode></s:Fault>"));
  ck_assert(reply.fault);
  ck_assert_str_eq(reply.code, "");
}
END_TEST

START_TEST(soap__finds_the_code_inside_an_internal_error)
{
  read_text(
      ENVELOPE("", MESSAGE("Error", "<m:ResponseCode>ErrorInternalServerError</m:ResponseCode>"
                                    "<m:MessageXml><t:Value Name=\"InnerErrorResponseCode\">"
                                    "ErrorServerBusy</t:Value></m:MessageXml>")));
  ck_assert_str_eq(soap_reply_code(&reply), "ErrorServerBusy");
}
END_TEST

START_TEST(soap__never_decides_on_text)
{
  read_text(ENVELOPE("", MESSAGE("Error", "<m:MessageText>ErrorServerBusy</m:MessageText>")));
  ck_assert_str_eq(reply.code, "");
  ck_assert_str_eq(reply.text, "ErrorServerBusy");
}
END_TEST

START_TEST(soap__lets_the_worst_of_several_messages_count)
{
  read_text(ENVELOPE(
      "", "<m:GetFolderResponse><m:ResponseMessages>"
          "<m:A ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode></m:A>"
          "<m:A ResponseClass=\"Error\"><m:ResponseCode>ErrorItemNotFound</m:ResponseCode></m:A>"
          "</m:ResponseMessages></m:GetFolderResponse>"));
  ck_assert_str_eq(reply.code, "ErrorItemNotFound");
  ck_assert_int_eq(reply.class, SOAP_CLASS_ERROR);
}
END_TEST

START_TEST(soap__refuses_a_document_type)
{
  read_text("<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\"><s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE
            "\"><s:Body/></s:Envelope>");
  ck_assert_int_eq(reply.state, SOAP_REFUSED);
  ck_assert_ptr_nonnull(strstr(reply.why, "document type"));
}
END_TEST

START_TEST(soap__refuses_entities_that_would_grow)
{
  read_text("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
            "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\"><s:Body>&b;</s:Body></s:Envelope>");
  ck_assert_int_eq(reply.state, SOAP_REFUSED);
}
END_TEST

// An envelope around `n` times `open` and then `n` times `close`; to be freed.
static char *
repeat(const char *open, const char *close, size_t n)
{
  static const char head[] = "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\"><s:Body>";
  static const char tail[] = "</s:Body></s:Envelope>";
  size_t size = sizeof head + sizeof tail + n * (strlen(open) + strlen(close));
  char *bytes = malloc(size);
  ck_assert_ptr_nonnull(bytes);
  struct kit_text text;
  kit_text_init(&text, bytes, size);
  kit_text_put(&text, head);
  for (size_t i = 0; i < n; i++)
    kit_text_put(&text, open);
  for (size_t i = 0; i < n; i++)
    kit_text_put(&text, close);
  kit_text_put(&text, tail);
  return bytes;
}

START_TEST(soap__refuses_elements_nested_too_deeply)
{
  char *text = repeat("<a>", "</a>", SOAP_DEPTH_MAX);
  read_text(text);
  free(text);
  ck_assert_int_eq(reply.state, SOAP_REFUSED);
  ck_assert_ptr_nonnull(strstr(reply.why, "deeply"));
}
END_TEST

START_TEST(soap__refuses_too_many_elements_and_too_many_bytes)
{
  char *text = repeat("<a/>", "", SOAP_ELEMENTS_MAX);
  read_text(text);
  free(text);
  ck_assert_int_eq(reply.state, SOAP_REFUSED);
  text = repeat("        ", "", SOAP_BYTES_MAX / 8);
  read_text(text);
  free(text);
  ck_assert_int_eq(reply.state, SOAP_REFUSED);
}
END_TEST

START_TEST(soap__says_where_broken_xml_breaks)
{
  read_text(ENVELOPE("", MESSAGE("Success", "\n<m:MessageText>&#x0;</m:MessageText>")));
  ck_assert_int_eq(reply.state, SOAP_NOT_XML);
  ck_assert_ptr_nonnull(strstr(reply.why, "line 2"));
  read_text("");
  ck_assert_int_eq(reply.state, SOAP_NOT_XML);
}
END_TEST

START_TEST(soap__reads_on_after_every_kind_of_failure)
{
  static const char *const bad[] = {"", "<", "<a>", "\xff\xfe", "<!DOCTYPE a><a/>", "<a/>"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    read_text(bad[i]);
    ck_assert_int_ne(reply.state, SOAP_READ);
    read_text(ENVELOPE("", MESSAGE("Success", "<m:ResponseCode>NoError</m:ResponseCode>")));
    ck_assert_int_eq(reply.state, SOAP_READ);
    ck_assert_str_eq(reply.code, "NoError");
  }
}
END_TEST

START_TEST(soap__stops_at_the_code_when_that_is_all_that_is_asked)
{
  static const char text[] = ENVELOPE(
      "", MESSAGE("Success", "<m:ResponseCode>NoError</m:ResponseCode><m:Folders><never closed"));
  soap_read_code(reader, text, sizeof text - 1, &reply);
  ck_assert_int_eq(reply.state, SOAP_READ);
  ck_assert_int_eq(reply.class, SOAP_CLASS_SUCCESS);
  soap_read(reader, text, sizeof text - 1, &reply, NULL, NULL);
  ck_assert_int_eq(reply.state, SOAP_NOT_XML);
}
END_TEST

static unsigned hits;

static void
count_hit(void *user, const struct soap_resolution *hit)
{
  ck_assert_str_eq(hit->address, "brian@contoso.example");
  ck_assert_str_eq(hit->name, "Brian");
  ck_assert_str_eq(hit->type, "Mailbox");
  ck_assert_ptr_eq(user, &hits);
  hits++;
}

START_TEST(soap__hands_out_resolutions_and_says_that_there_are_more)
{
  static const char text[] = ENVELOPE(
      "", "<m:ResolveNamesResponse><m:ResponseMessages><m:ResolveNamesResponseMessage "
          "ResponseClass=\"Warning\"><m:ResponseCode>ErrorNameResolutionMultipleResults"
          "</m:ResponseCode><m:ResolutionSet IncludesLastItemInRange=\"false\"><t:Resolution>"
          "<t:Mailbox><t:Name>Brian</t:Name><t:EmailAddress>brian@contoso.example</t:EmailAddress>"
          "<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType></t:Mailbox>"
          "</t:Resolution></m:ResolutionSet></m:ResolveNamesResponseMessage></m:ResponseMessages>"
          "</m:ResolveNamesResponse>");
  hits = 0;
  soap_read(reader, text, sizeof text - 1, &reply, count_hit, &hits);
  ck_assert_uint_eq(hits, 1);
  ck_assert(reply.truncated);
  ck_assert_int_eq(reply.class, SOAP_CLASS_WARNING);
}
END_TEST

START_TEST(soap__cuts_what_does_not_fit)
{
  static char text[8192], code[4000];
  memset(code, 'x', sizeof code - 1);
  snprintf(text, sizeof text, ENVELOPE("", MESSAGE("Error", "<m:ResponseCode>%s</m:ResponseCode>")),
           code);
  read_text(text);
  ck_assert_uint_lt(strlen(reply.code), SOAP_CODE_MAX);
  ck_assert_uint_gt(strlen(reply.code), 10);
}
END_TEST

TCase *
soap_cases(void)
{
  TCase *cases = tcase_create("soap");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_test(cases, soap__reads_a_success_and_the_build);
  tcase_add_test(cases, soap__matches_names_by_namespace_and_not_by_prefix);
  tcase_add_test(cases, soap__takes_the_code_of_a_fault_from_the_detail_first);
  tcase_add_test(cases, soap__takes_a_bare_faultcode_where_there_is_no_detail);
  tcase_add_test(cases, soap__finds_the_code_inside_an_internal_error);
  tcase_add_test(cases, soap__never_decides_on_text);
  tcase_add_test(cases, soap__lets_the_worst_of_several_messages_count);
  tcase_add_test(cases, soap__refuses_a_document_type);
  tcase_add_test(cases, soap__refuses_entities_that_would_grow);
  tcase_add_test(cases, soap__refuses_elements_nested_too_deeply);
  tcase_add_test(cases, soap__refuses_too_many_elements_and_too_many_bytes);
  tcase_add_test(cases, soap__says_where_broken_xml_breaks);
  tcase_add_test(cases, soap__reads_on_after_every_kind_of_failure);
  tcase_add_test(cases, soap__stops_at_the_code_when_that_is_all_that_is_asked);
  tcase_add_test(cases, soap__hands_out_resolutions_and_says_that_there_are_more);
  tcase_add_test(cases, soap__cuts_what_does_not_fit);
  return cases;
}
