// SPDX-License-Identifier: Apache-2.0
//
// The tables. What is not in a zone does not exist.
#include "discovery.h"

#include "lab.h"

#define DOMAIN       DIRECTORY_DOMAIN
#define AUTODISCOVER "autodiscover." DOMAIN
#define SRV          "_autodiscover._tcp." DOMAIN
#define EMEA         "autodiscover.emea." DOMAIN
#define FABRIKAM     "autodiscover.fabrikam.example"
#define EXCHANGER    "contoso-example.mail.protection.outlook.com"

#define A(host)                                                                                    \
  {                                                                                                \
    .name = host, .type = DNS_A                                                                    \
  }
#define MX(host)                                                                                   \
  {                                                                                                \
    .name = DOMAIN, .type = DNS_MX, .target = host, .priority = 10                                 \
  }
#define SRV_TO(host, at, rank)                                                                     \
  {                                                                                                \
    .name = SRV, .type = DNS_SRV, .target = host, .port = at, .priority = rank                     \
  }
#define ZONE(...)                                                                                  \
  (const struct dns_record[])                                                                      \
  {                                                                                                \
    A(LAB_HOST), __VA_ARGS__,                                                                      \
    {                                                                                              \
      .name = NULL                                                                                 \
    }                                                                                              \
  }

const struct discovery discovery_default = {
    .zone = ZONE(A(AUTODISCOVER), MX(LAB_HOST)), .json = true, .soap = true};
const struct discovery discovery_plain = {.zone = ZONE(A(AUTODISCOVER), MX(LAB_HOST)),
                                          .soap = true};
const struct discovery discovery_pox = {.zone = ZONE(A(AUTODISCOVER), MX(LAB_HOST))};
const struct discovery discovery_srv = {.zone = ZONE(SRV_TO(LAB_HOST, 443, 0), MX(LAB_HOST)),
                                        .soap = true};
const struct discovery discovery_http_redirect = {.zone = ZONE(A(AUTODISCOVER), MX(LAB_HOST)),
                                                  .host = LAB_HOST,
                                                  .soap = true,
                                                  .http_location =
                                                      "https://" LAB_HOST DISCOVERY_PATH_POX};
const struct discovery discovery_foreign_redirect = {
    .zone = ZONE(A(AUTODISCOVER), A(FABRIKAM), MX(LAB_HOST)),
    .host = FABRIKAM,
    .soap = true,
    .http_location = "https://" FABRIKAM DISCOVERY_PATH_POX};
const struct discovery discovery_redirect_address = {
    .zone = ZONE(A(AUTODISCOVER), A(EMEA), MX(LAB_HOST)),
    .soap = true,
    .says = DISCOVERY_OTHER_ADDRESS};
const struct discovery discovery_loop = {
    .zone = ZONE(A(AUTODISCOVER), MX(LAB_HOST)), .soap = true, .says = DISCOVERY_ROUND};
const struct discovery discovery_cloud = {.zone = ZONE(A(AUTODISCOVER), MX(EXCHANGER)),
                                          .json = true,
                                          .soap = true,
                                          .says = DISCOVERY_CLOUD};
const struct discovery discovery_cloud_exchanger = {
    .zone = ZONE(A(DOMAIN), A("outlook.office365.com"), MX(EXCHANGER)),
    .host = "outlook.office365.com",
    .json = true,
    .says = DISCOVERY_CLOUD};
const struct discovery discovery_stale_srv = {.zone = ZONE(SRV_TO("old." DOMAIN, 444, 0),
                                                           SRV_TO("gone." DOMAIN, 443, 10),
                                                           A("old." DOMAIN), MX(LAB_HOST)),
                                              .soap = true};
const struct discovery discovery_web_site = {
    .zone = ZONE(A(DOMAIN), MX(LAB_HOST)), .host = "nobody", .web_site = true};
const struct discovery discovery_address_unknown = {
    .zone = ZONE(A(AUTODISCOVER), MX(LAB_HOST)), .soap = true, .says = DISCOVERY_NOBODY};
const struct discovery discovery_busy = {
    .zone = ZONE(A(AUTODISCOVER), MX(LAB_HOST)), .soap = true, .says = DISCOVERY_IS_BUSY};
const struct discovery discovery_online = {
    .zone = ZONE(A("login.microsoftonline.com"), A("login.microsoftonline.us"),
                 A("login.partner.microsoftonline.cn"), A("graph.microsoft.com"),
                 A("graph.microsoft.us"), A("dod-graph.microsoft.us"),
                 A("microsoftgraph.chinacloudapi.cn"), A("outlook.office365.com"),
                 A("outlook.office365.us"), A("outlook-dod.office365.us"), A("partner.outlook.cn"),
                 MX(EXCHANGER)),
    .json = true,
    .says = DISCOVERY_CLOUD};
