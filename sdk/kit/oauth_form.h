// SPDX-License-Identifier: Apache-2.0
//
// What connectors with tokens ask, in one place, so that answers survive a swap: fields and pages that their forms list,
// and reading the answers, with everything that cannot work refused by the name of its field before anything is sent (a
// secret's ID pasted for its value, an app password, a tenant that is none).
#ifndef KIT_OAUTH_FORM_H
#define KIT_OAUTH_FORM_H

#include "oauth.h"

#include <tenon/plugin.h>

// Page "credentials", titled "Admin's credentials": who signs in, and to what.
extern const tenon_page oauth_page_credentials;
// Page "application", titled "Application details": the registration (not for a managed identity alone).
extern const tenon_page oauth_page_application;

// In the order of asking. On "credentials": admin, cloud (preset global), grant (preset device-code? see .c for why).
// On "application": tenant, client_id, client_secret, client_certificate and its password. Advanced: authority.
extern const tenon_field oauth_field_admin, oauth_field_cloud, oauth_field_tenant,
    oauth_field_grant, oauth_field_client_id, oauth_field_client_secret,
    oauth_field_client_certificate, oauth_field_client_certificate_password, oauth_field_authority;
// The way there, shared with every connector that speaks HTTP; on the page "application", advanced.
extern const tenon_field oauth_field_ca_file, oauth_field_proxy, oauth_field_proxy_user,
    oauth_field_proxy_password, oauth_field_timeout, oauth_field_resolve, oauth_field_dns;

// The answers, copied. Reads them all; each that cannot work is a FAIL check `check_id` that names the field.
struct oauth_answers {
  struct oauth_settings settings; // points into the rest
  char admin[321], tenant[CLOUD_TENANT_MAX], client_id[OAUTH_ID_MAX], authority[CLOUD_URL_MAX];
};
// false: something was refused.
bool oauth_answers_read(const tenon_host *, const tenon_sink *, const char *check_id,
                        struct oauth_answers *ret);
// An advanced URL instead of the cloud's: without its trailing '/'; https, or http on loopback. false: refused likewise.
bool oauth_answers_url(const tenon_host *, const tenon_sink *, const char *check_id,
                       const char *key, const char *otherwise, char *to, size_t size);
// The options of tenon.http/1 from the shared fields (ca_file, proxy, resolve, dns, timeout). false: refused likewise.
bool oauth_answers_http(const tenon_host *, const tenon_sink *, const tenon_http *,
                        const char *check_id);

#endif
