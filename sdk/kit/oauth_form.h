// SPDX-License-Identifier: Apache-2.0
//
// What connectors with tokens ask, in one place, so that answers survive a swap: fields and pages that their forms list,
// and reading the answers, with everything that cannot work refused by the name of its field before anything is sent (a
// secret's ID pasted for its value, an app password, a tenant that is none).
#ifndef KIT_OAUTH_FORM_H
#define KIT_OAUTH_FORM_H

#include "oauth.h"

#include <tenon/plugin.h>

#define OAUTH_ADMIN_MAX      320 // bytes of the administrator's address
#define OAUTH_MAILBOX_MAX    320 // of the mailbox to test with
#define OAUTH_THUMBPRINT_MAX 41  // of a certificate: 40 digits and the zero byte

#define OAUTH_PAGE_CREDENTIALS "credentials"
#define OAUTH_PAGE_APPLICATION "application"

// Titled "Admin's credentials": who it is for, in which cloud, and by what.
extern const tenon_page oauth_page_credentials;
// Titled "Application details": the registration in Entra ID.
extern const tenon_page oauth_page_application;

// In the order of asking. On "credentials": admin, cloud (preset global; advanced), grant (preset client-secret: see .c for
// why). On "application": tenant, client_id or managed_identity, client_secret, client_certificate and its password,
// mailbox; advanced: authority.
extern const tenon_field oauth_field_admin, oauth_field_cloud, oauth_field_grant,
    oauth_field_tenant, oauth_field_client_id, oauth_field_managed_identity,
    oauth_field_client_secret, oauth_field_client_certificate,
    oauth_field_client_certificate_password, oauth_field_mailbox, oauth_field_authority;
// The way there, shared with every connector that speaks HTTP; on the page "application", advanced.
extern const tenon_field oauth_field_ca_file, oauth_field_proxy, oauth_field_proxy_user,
    oauth_field_proxy_password, oauth_field_timeout, oauth_field_resolve, oauth_field_dns;

// The first ones of a connector's list, and the last, in their order: `static const tenon_field *const fields[] =
// {OAUTH_FIELDS, &own, OAUTH_FIELDS_OF_THE_WAY, NULL}`.
#define OAUTH_FIELDS                                                                               \
  &oauth_field_admin, &oauth_field_cloud, &oauth_field_grant, &oauth_field_tenant,                 \
      &oauth_field_client_id, &oauth_field_managed_identity, &oauth_field_client_secret,           \
      &oauth_field_client_certificate, &oauth_field_client_certificate_password,                   \
      &oauth_field_mailbox
#define OAUTH_FIELDS_OF_THE_WAY                                                                    \
  &oauth_field_authority, &oauth_field_ca_file, &oauth_field_proxy, &oauth_field_proxy_user,       \
      &oauth_field_proxy_password, &oauth_field_timeout, &oauth_field_resolve, &oauth_field_dns

// For the note of such a connector (requirements): what its registration and its proof take, each with a comma behind it, and
// the `when` of what an application or a person alone needs.
#define OAUTH_WHEN_APP "grant != 'device-code' && grant != 'browser'"
#define OAUTH_WHEN_PERSON                                                                          \
  "grant != 'client-secret' && grant != 'certificate' && grant != 'managed-identity'"
#define OAUTH_NEEDS_APPLICATION                                                                    \
  "{\"title\":\"An application in Entra ID\","                                                     \
  "\"detail\":\"A registration of your own, in the tenant with the mailboxes (single tenant). A "  \
  "managed identity of an Azure machine serves as well.\","                                        \
  "\"needs\":\"Application Developer, or Cloud Application Administrator\","                       \
  "\"when\":\"grant != 'managed-identity'\"},"
#define OAUTH_NEEDS_PROOF                                                                          \
  "{\"title\":\"A client secret of the application\","                                             \
  "\"detail\":\"Its value, which is shown once when it is made; not its ID.\","                    \
  "\"needs\":\"Owner of the application\",\"when\":\"grant == 'client-secret'\"},"                 \
  "{\"title\":\"A certificate of the application\","                                               \
  "\"detail\":\"The certificate is uploaded to the registration; tenon needs it with its key, as " \
  "PKCS#12 or PEM with an encrypted key, RSA of 2048 bits or more.\","                             \
  "\"needs\":\"Owner of the application\",\"when\":\"grant == 'certificate'\"},"

// The answers, copied. Points into itself: not to be copied.
struct oauth_answers {
  struct oauth_settings settings; // points into the rest, and to what the host keeps until close
  char admin[OAUTH_ADMIN_MAX + 1];
  char tenant[CLOUD_TENANT_MAX]; // as answered, else the domain of admin
  char client_id[OAUTH_ID_MAX];
  char mailbox[OAUTH_MAILBOX_MAX + 1]; // to test with, "" when none is given
  char authority[CLOUD_URL_MAX];
  char thumbprint
      [OAUTH_THUMBPRINT_MAX]; // of the client's certificate, as the portal shows it; or ""
  int64_t key_ends;           // the day that it ends, seconds since 1970; 0: there is none
};
// Reads them all; each that cannot work is a FAIL check `check_id` that names the field. false: something was refused.
bool oauth_answers_read(const tenon_host *, const tenon_sink *, const char *check_id,
                        struct oauth_answers *ret);
// An advanced URL instead of the cloud's: without its trailing '/'; https alone, on loopback too, since the host sends no
// secret by http. false: refused likewise.
bool oauth_answers_url(const tenon_host *, const tenon_sink *, const char *check_id,
                       const char *key, const char *otherwise, char *to, size_t size);
// The options of tenon.http/1 from the shared fields (ca_file, proxy, resolve, dns, timeout). false: refused likewise.
bool oauth_answers_http(const tenon_host *, const tenon_sink *, const tenon_http *,
                        const char *check_id);

// Four groups of four small letters, with or without blanks: an app password, which nothing in the cloud takes here.
bool oauth_is_app_password(const char *text, size_t len);

#endif
