// SPDX-License-Identifier: Apache-2.0
//
// Questions and answers of Autodiscover, and where an answer may lead.
#include "autodiscover.h"

#include <check.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

#define POX(inside)                                                                                \
  "<Autodiscover "                                                                                 \
  "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">"              \
  "<Response xmlns=\"" AUTODISCOVER_NS_RESPONSE "\">" inside "</Response></Autodiscover>"
#define SOAP(outer, inner, rest)                                                                   \
  "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"                     \
  "<GetUserSettingsResponseMessage xmlns=\"" AUTODISCOVER_NS_SOAP "\"><Response>"                  \
  "<ErrorCode>" outer "</ErrorCode><ErrorMessage/><UserResponses><UserResponse>"                   \
  "<ErrorCode>" inner "</ErrorCode><ErrorMessage>words</ErrorMessage>" rest                        \
  "</UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body>"           \
  "</s:Envelope>"

static struct autodiscover_reply reply;

static void
xml(const char *text)
{
  autodiscover_read_xml(text, strlen(text), &reply);
}

static void
json(const char *text)
{
  autodiscover_read_json(text, strlen(text), &reply);
}

// ---- POX --------------------------------------------------------------------------------------

START_TEST(pox__tells_the_address_for_outside_from_that_for_inside)
{
  xml(POX("<User><DisplayName>Alex</DisplayName></User><Account><Action>settings</Action>"
          "<Protocol><Type>EXCH</Type><ServerVersion>738180DA</ServerVersion>"
          "<EwsUrl>https://in.contoso.example/EWS/Exchange.asmx</EwsUrl></Protocol>"
          "<Protocol><Type>EXPR</Type><ASUrl>https://out.contoso.example/as</ASUrl>"
          "<EwsUrl>https://out.contoso.example/EWS/Exchange.asmx</EwsUrl></Protocol></Account>"));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_SETTINGS);
  ck_assert_str_eq(reply.external, "https://out.contoso.example/EWS/Exchange.asmx");
  ck_assert_str_eq(reply.internal, "https://in.contoso.example/EWS/Exchange.asmx");
  ck_assert_str_eq(reply.name, "Alex");
  ck_assert_uint_eq(reply.build.major, 14);
  ck_assert_uint_eq(reply.build.minor, 1);
  ck_assert_uint_eq(reply.build.build, 218);
}
END_TEST

START_TEST(pox__takes_the_availability_url_where_ews_has_none)
{
  xml(POX("<Account><Action>settings</Action><Protocol><Type>EXPR</Type>"
          "<ASUrl>https://mail.contoso.example/EWS/Exchange.asmx</ASUrl></Protocol></Account>"));
  ck_assert_str_eq(reply.external, "https://mail.contoso.example/EWS/Exchange.asmx");
}
END_TEST

START_TEST(pox__redirects_carry_their_target)
{
  xml(POX(
      "<Account><Action>redirectAddr</Action><RedirectAddr>a@b.example</RedirectAddr></Account>"));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_ADDRESS);
  ck_assert_str_eq(reply.target, "a@b.example");
  xml(POX("<Account><Action>redirectUrl</Action></Account>"));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_ERROR);
}
END_TEST

START_TEST(pox__an_unknown_address_is_told_from_other_errors)
{
  xml(POX("<Error><ErrorCode>500</ErrorCode><Message>no</Message></Error>"));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_UNKNOWN);
  xml(POX("<Error><ErrorCode>601</ErrorCode><Message>no</Message></Error>"));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_ERROR);
  ck_assert_str_eq(reply.code, "601");
}
END_TEST

// ---- SOAP -------------------------------------------------------------------------------------

START_TEST(soap__the_inner_error_counts_where_the_outer_says_no_error)
{
  xml(SOAP("NoError", "RedirectAddress", "<RedirectTarget>a@b.example</RedirectTarget>"));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_ADDRESS);
  ck_assert_str_eq(reply.target, "a@b.example");
  xml(SOAP("NoError", "ServerBusy", ""));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_BUSY);
  xml(SOAP("NoError", "InvalidUser", ""));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_UNKNOWN);
  xml(SOAP("InvalidRequest", "NoError", ""));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_ERROR);
  ck_assert_str_eq(reply.code, "InvalidRequest");
}
END_TEST

START_TEST(soap__an_error_of_the_third_level_explains_settings_without_ews)
{
  xml(SOAP("NoError", "NoError",
           "<UserSettingErrors><UserSettingError><ErrorCode>SettingIsNotAvailable</ErrorCode>"
           "<SettingName>ExternalEwsUrl</SettingName></UserSettingError></UserSettingErrors>"
           "<UserSettings><UserSetting><Name>UserMSOnline</Name><Value>True</Value></UserSetting>"
           "</UserSettings>"));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_NO_EWS);
  ck_assert_str_eq(reply.code, "SettingIsNotAvailable");
  ck_assert(reply.cloud);
}
END_TEST

START_TEST(xml__a_document_type_is_refused)
{
  xml("<!DOCTYPE Autodiscover [<!ENTITY a \"b\">]>" POX(
      "<Account><Action>settings</Action></Account>"));
  ck_assert_int_eq(reply.kind, AUTODISCOVER_NOTHING);
  ck_assert_str_eq(reply.why, "it has a document type definition");
}
END_TEST

START_TEST(xml__a_broken_answer_leaves_nothing_behind)
{
  xml("<Autodiscover "
      "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">"
      "<Response><Error><ErrorCode>500</ErrorCode></Err");
  ck_assert_int_eq(reply.kind, AUTODISCOVER_NOTHING);
  ck_assert_str_eq(reply.code, "");
  ck_assert(reply.why[0] != 0);
  xml("<html><body>hello</body></html>");
  ck_assert_str_eq(reply.why, "it holds no answer to this question");
}
END_TEST

// ---- v2 ---------------------------------------------------------------------------------------

START_TEST(json__names_the_address_of_ews)
{
  json("{\"Protocol\":\"Ews\",\"Url\":\"https:\\/\\/mail.contoso.example/EWS/Exchange.asmx\", "
       "\"n\":1}");
  ck_assert_int_eq(reply.kind, AUTODISCOVER_SETTINGS);
  ck_assert_str_eq(reply.external, "https://mail.contoso.example/EWS/Exchange.asmx");
  ck_assert(!reply.cloud);
  json("{\"Protocol\":\"EWS\",\"Url\":\"https://outlook.office365.com/EWS/Exchange.asmx\"}");
  ck_assert(reply.cloud);
}
END_TEST

START_TEST(json__what_is_not_its_own_is_refused_with_a_reason)
{
  static const char *const bad[] = {"",
                                    "{",
                                    "[]",
                                    "{\"Url\":\"https://a.example/\"}",
                                    "{\"Protocol\":\"EWS\",\"Url\":\"https://a.example/\"} x",
                                    "{\"Protocol\":\"ActiveSync\",\"Url\":\"https://a.example/\"}",
                                    "{\"Protocol\":\"EWS\",\"Url\":\"https://a\\u0000.example/\"}",
                                    "{\"Protocol\":\"EWS\",\"Url\":{\"a\":1}}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    json(bad[i]);
    ck_assert_msg(reply.kind == AUTODISCOVER_NOTHING && reply.why[0] != 0, "%s", bad[i]);
  }
}
END_TEST

START_TEST(json__of_an_address_that_is_too_long_is_not_cut)
{
  char text[EWS_URL_MAX + 64], url[EWS_URL_MAX + 1];
  memset(url, 'a', EWS_URL_MAX);
  url[EWS_URL_MAX] = 0;
  snprintf(text, sizeof text, "{\"Protocol\":\"EWS\",\"Url\":\"%s\"}", url);
  json(text);
  ck_assert_str_eq(reply.why, "its address is too long");
  ck_assert_str_eq(reply.external, "");
}
END_TEST

// ---- questions --------------------------------------------------------------------------------

START_TEST(requests__are_well_formed_whatever_the_address_is)
{
  struct autodiscover_request request;
  ck_assert(autodiscover_write_pox("a<&\"b@contoso.example", &request));
  xmlDocPtr doc = xmlReadMemory(request.body, (int)request.len, NULL, NULL, XML_PARSE_NONET);
  ck_assert_ptr_nonnull(doc);
  xmlFreeDoc(doc);
  ck_assert(autodiscover_write_soap("a<&\"b@contoso.example", "https://x/?a=1&b=2", &request));
  doc = xmlReadMemory(request.body, (int)request.len, NULL, NULL, XML_PARSE_NONET);
  ck_assert_ptr_nonnull(doc);
  xmlFreeDoc(doc);
}
END_TEST

START_TEST(requests__the_address_is_escaped_in_a_url)
{
  char url[512];
  ck_assert(autodiscover_write_json("a+b&c@contoso.example", "contoso.example", url, sizeof url));
  ck_assert_str_eq(url, "https://contoso.example/autodiscover/autodiscover.json?"
                        "Email=a%2Bb%26c%40contoso.example&Protocol=EWS&RedirectCount=1");
}
END_TEST

START_TEST(domain__is_what_follows_the_last_at)
{
  char domain[AUTODISCOVER_DOMAIN_MAX];
  ck_assert(autodiscover_domain("\"a@b\"@Contoso.Example", domain, sizeof domain));
  ck_assert_str_eq(domain, "contoso.example");
  static const char *const bad[] = {"a",
                                    "@contoso.example",
                                    "a@",
                                    "a@contoso",
                                    "a@.example",
                                    "a@contoso..example",
                                    "a@contoso.example/",
                                    "a@con toso.example"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(!autodiscover_domain(bad[i], domain, sizeof domain), "%s", bad[i]);
}
END_TEST

// ---- where it may lead ------------------------------------------------------------------------

static const struct {
  const char *domain, *url;
  enum autodiscover_way way;
} ways[] = {
    {"contoso.example", "https://mail.contoso.example/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_FINE},
    {"emea.contoso.example", "https://mail.contoso.example/Autodiscover/x/Autodiscover.xml",
     AUTODISCOVER_WAY_FINE},
    {"contoso.co.uk", "https://mail.contoso.co.uk/autodiscover/autodiscover.svc",
     AUTODISCOVER_WAY_FINE},
    {"contoso.co.uk", "https://mail.fabrikam.co.uk/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_FOREIGN},
    {"contoso.k12.ca.us", "https://mail.fabrikam.ca.us/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_FOREIGN},
    {"contoso.uk.com", "https://mail.fabrikam.uk.com/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_FOREIGN},
    {"abc.de", "https://mail.abc.de/autodiscover/autodiscover.xml", AUTODISCOVER_WAY_FINE},
    {"contoso.de", "https://mail.contoso.de/autodiscover/autodiscover.xml", AUTODISCOVER_WAY_FINE},
    {"emea.contoso.de", "https://mail.contoso.de/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_FINE},
    {"contoso.example", "https://contoso.example.evil.test/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_FOREIGN},
    {"contoso.example", "http://mail.contoso.example/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_PLAIN},
    {"contoso.example", "https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_CLOUD},
    {"contoso.example", "https://notoutlook.com/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_FOREIGN},
    {"contoso.example", "https://login.contoso.example/consent?url=/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_PATH},
    {"contoso.example", "https://mail.contoso.example/autodiscover/xautodiscover.xml",
     AUTODISCOVER_WAY_PATH},
    {"contoso.example", "https://mail.contoso.example@evil.test/autodiscover/autodiscover.xml",
     AUTODISCOVER_WAY_MALFORMED},
    {"contoso.example", "/autodiscover/autodiscover.xml", AUTODISCOVER_WAY_MALFORMED},
};

START_TEST(way__a_redirect_is_judged_before_it_is_followed)
{
  ck_assert_msg(autodiscover_way_to(ways[_i].domain, ways[_i].url) == ways[_i].way, "%s",
                ways[_i].url);
}
END_TEST

START_TEST(url__ports_and_brackets_are_read)
{
  struct autodiscover_url url;
  ck_assert(autodiscover_url_read("https://[2001:DB8::1]:444/a", &url));
  ck_assert_str_eq(url.host, "[2001:db8::1]");
  ck_assert_uint_eq(url.port, 444);
  ck_assert_str_eq(url.path, "/a");
  ck_assert(!autodiscover_url_read("https://a:/x", &url));
  ck_assert(!autodiscover_url_read("https://a:70000/x", &url));
  ck_assert(!autodiscover_url_read("https://a b/x", &url));
}
END_TEST

TCase *
autodiscover_cases(void)
{
  TCase *cases = tcase_create("autodiscover");
  tcase_add_test(cases, pox__tells_the_address_for_outside_from_that_for_inside);
  tcase_add_test(cases, pox__takes_the_availability_url_where_ews_has_none);
  tcase_add_test(cases, pox__redirects_carry_their_target);
  tcase_add_test(cases, pox__an_unknown_address_is_told_from_other_errors);
  tcase_add_test(cases, soap__the_inner_error_counts_where_the_outer_says_no_error);
  tcase_add_test(cases, soap__an_error_of_the_third_level_explains_settings_without_ews);
  tcase_add_test(cases, xml__a_document_type_is_refused);
  tcase_add_test(cases, xml__a_broken_answer_leaves_nothing_behind);
  tcase_add_test(cases, json__names_the_address_of_ews);
  tcase_add_test(cases, json__what_is_not_its_own_is_refused_with_a_reason);
  tcase_add_test(cases, json__of_an_address_that_is_too_long_is_not_cut);
  tcase_add_test(cases, requests__are_well_formed_whatever_the_address_is);
  tcase_add_test(cases, requests__the_address_is_escaped_in_a_url);
  tcase_add_test(cases, domain__is_what_follows_the_last_at);
  tcase_add_loop_test(cases, way__a_redirect_is_judged_before_it_is_followed, 0,
                      sizeof ways / sizeof *ways);
  tcase_add_test(cases, url__ports_and_brackets_are_read);
  return cases;
}
