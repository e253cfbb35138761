// SPDX-License-Identifier: Apache-2.0
//
// A fixture for each row of tokens and of the way to the cloud at least, and for each number of Entra ID that has words.
#include "cloud_fixtures.h"

#define PAGE  "<!DOCTYPE html><html><body>hello</body></html>"
#define LOGIN "<html><form><input type=\"password\"/></form></html>"

#define TOKEN(name, n, e)                                                                          \
  {                                                                                                \
    .row = name, .token = true, .step = "token", .number = (n), .error = e, .code = 400            \
  }
#define PERSON(name, n, e)                                                                         \
  {                                                                                                \
    .row = name, .token = true, .grant = OAUTH_DEVICE_CODE, .step = "refresh", .number = (n),      \
    .error = e, .code = 400                                                                        \
  }
#define STEP(name, s, n, e)                                                                        \
  {                                                                                                \
    .row = name, .token = true, .grant = OAUTH_DEVICE_CODE, .step = s, .number = (n), .error = e,  \
    .code = 400                                                                                    \
  }
#define NO_ENDPOINT(name, s, st, why)                                                              \
  {                                                                                                \
    .row = name, .token = true, .step = s, .status = (st), .local = why                            \
  }
#define ANSWER(name, c, b)                                                                         \
  {                                                                                                \
    .row = name, .token = true, .step = "token", .code = (c), .body = b                            \
  }
#define IMDS(...) .token = true, .grant = OAUTH_MANAGED_IDENTITY, .step = "imds", __VA_ARGS__
#define NET(name, f)                                                                               \
  {                                                                                                \
    .row = name, .fault = (f), .reason = "could not."                                              \
  }
#define CERT(name, v)                                                                              \
  {                                                                                                \
    .row = name, .fault = TENON_HTTP_FAULT_CERTIFICATE, .tls = (v), .reason = "not accepted."      \
  }
#define HTTP(name, c, b)                                                                           \
  {                                                                                                \
    .row = name, .code = (c), .body = b                                                            \
  }

static const tenon_http_certificate made = {.size = sizeof made,
                                            .subject = "CN=login.microsoftonline.com",
                                            .issuer = "CN=Zscaler Root CA,O=Zscaler Inc.",
                                            .names = "login.microsoftonline.com",
                                            .not_before = 1600000000,
                                            .not_after = 1900000000};
static const tenon_http_certificate own = {.size = sizeof own,
                                           .subject = "CN=login.microsoftonline.com",
                                           .issuer = "CN=Contoso Web Gateway",
                                           .names = "login.microsoftonline.com",
                                           .not_before = 1600000000,
                                           .not_after = 1900000000};
static const tenon_http_certificate *const list_made[] = {&made};
static const tenon_http_certificate *const list_own[] = {&own};
static const tenon_http_tls shown_made = {
    .size = sizeof shown_made, .chain = list_made, .n_chain = 1};
const tenon_http_tls cloud_shown = {.size = sizeof cloud_shown, .chain = list_own, .n_chain = 1};

const struct cloud_fixture cloud_fixtures[] = {
    // this machine
    NO_ENDPOINT("token-nobody-answers", "device", TENON_E_NOANSWER, "Nobody answered auth.device."),
    NO_ENDPOINT("token-declined-here", "device", TENON_E_CANCELLED, "It was declined."),
    NO_ENDPOINT("token-browser-astray", "authorize", TENON_E_PROTOCOL, "It came back astray."),
    // ...after a refresh token that was refused, and of what an endpoint's word stands for
    {.row = "token-nobody-answers",
     .token = true,
     .grant = OAUTH_DEVICE_CODE,
     .step = "refresh",
     .status = TENON_E_NOANSWER,
     .local = "Nobody is there.",
     .code = 400,
     .error = "invalid_grant",
     .number = 50173},
    {.row = "token-declined-here",
     .token = true,
     .grant = OAUTH_BROWSER,
     .step = "authorize",
     .local = "The sign-in was declined here.",
     .error = "authorization_declined"},
    {.row = "token-device-expired",
     .token = true,
     .grant = OAUTH_DEVICE_CODE,
     .step = "device",
     .local = "Nobody has entered it.",
     .error = "expired_token"},
    {.row = "token-imds-absent",
     IMDS(.fault = TENON_HTTP_FAULT_REFUSED, .local = "There is none.", .reason = "refused.")},
    NO_ENDPOINT("token-way-unsupported", "authorize", TENON_E_UNSUPPORTED, "There is no browser."),
    NO_ENDPOINT("token-key-unusable", "assertion", TENON_E_CONFIG, "The file holds an EC key."),
    NO_ENDPOINT("token-not-asked-for", "token", TENON_E_CONFIG, "There is no client secret."),
    // the metadata service
    {.row = "token-imds-no-identity", IMDS(.code = 400, .error = "invalid_request")},
    {.row = "token-imds-busy", IMDS(.code = 429, .body = "{}")},
    {.row = "token-imds-busy", IMDS(.code = 410, .body = "")},
    {.row = "token-imds-refused", IMDS(.code = 200, .body = PAGE)},
    {.row = "token-imds-absent",
     IMDS(.fault = TENON_HTTP_FAULT_UNREACHABLE, .reason = "no route.")},
    {.row = "token-imds-absent", IMDS(.fault = TENON_HTTP_FAULT_SLOW, .reason = "no answer.")},
    {.row = "token-resource-absent",
     IMDS(.code = 400, .error = "invalid_resource", .number = 500011)},
    {.row = "token-imds-failed", IMDS(.code = 400, .error = "Bad request. It lacks something.")},
    // which tenant
    TOKEN("token-tenant-elsewhere", 900432, "invalid_request"),
    TOKEN("token-tenant-elsewhere", 90038, "invalid_request"),
    TOKEN("token-tenant-unknown", 90002, "invalid_request"),
    TOKEN("token-tenant-unknown", 0, "invalid_tenant"),
    TOKEN("token-tenant-missing", 50059, "invalid_request"),
    TOKEN("token-tenant-missing", 50128, "invalid_request"),
    TOKEN("token-tenant-missing", 90010, "invalid_request"),
    TOKEN("token-tenant-missing", 9001023, "invalid_request"),
    TOKEN("token-app-single-tenant", 50194, "invalid_request"),
    TOKEN("token-host-unknown", 50049, "invalid_instance"),
    // the application
    TOKEN("token-app-unknown", 700016, "unauthorized_client"),
    TOKEN("token-app-disabled", 70001, "unauthorized_client"),
    TOKEN("token-app-disabled", 7000112, "unauthorized_client"),
    TOKEN("token-partner-unauthorized", 90099, "invalid_client"),
    TOKEN("token-permission-unlisted", 650056, "invalid_client"),
    TOKEN("token-permission-unlisted", 650057, "invalid_resource"),
    TOKEN("token-service-absent", 650052, "invalid_resource"),
    TOKEN("token-service-absent", 650054, "invalid_resource"),
    TOKEN("token-resource-absent", 500011, "invalid_resource"),
    TOKEN("token-secret-expired", 7000222, "invalid_client"),
    TOKEN("token-secret-wrong", 7000215, "invalid_client"),
    TOKEN("token-certificate-unknown", 700027, "invalid_client"),
    TOKEN("token-certificate-unknown", 50012, "invalid_client"),
    TOKEN("token-assertion-clock", 700024, "invalid_client"),
    STEP("token-credential-expected", "device", 7000218, "invalid_client"),
    TOKEN("token-credential-missing", 7000218, "invalid_client"),
    TOKEN("token-credential-unwanted", 700025, "invalid_client"),
    TOKEN("token-federated-invalid", 50013, "invalid_grant"),
    TOKEN("token-federated-expired", 500133, "invalid_grant"),
    TOKEN("token-consent-missing-app", 65001, "invalid_grant"),
    TOKEN("token-consent-missing-app", 90094, "consent_required"),
    PERSON("token-consent-admin", 90094, "consent_required"),
    PERSON("token-consent-admin", 90095, "consent_required"),
    PERSON("token-consent-missing", 65001, "invalid_grant"),
    STEP("token-consent-declined", "authorize", 65004, "access_denied"),
    STEP("token-redirect-unregistered", "authorize", 50011, "invalid_request"),
    STEP("token-redirect-unregistered", "authorize", 500113, "invalid_request"),
    STEP("token-redirect-unregistered", "authorize", 900971, "invalid_request"),
    STEP("token-redirect-spa", "authorize", 9002327, "invalid_request"),
    PERSON("token-redirect-spa", 700084, "invalid_grant"),
    TOKEN("token-app-itself", 90009, "invalid_request"),
    TOKEN("token-scope-invalid", 70011, "invalid_scope"),
    TOKEN("token-scope-invalid", 28000, "invalid_request"),
    TOKEN("token-scope-invalid", 28002, "invalid_request"),
    TOKEN("token-scope-invalid", 28003, "invalid_request"),
    TOKEN("token-scope-invalid", 90014, "invalid_request"),
    TOKEN("token-scope-invalid", 700022, "invalid_scope"),
    // the person
    PERSON("token-mfa-required", 50074, "invalid_grant"),
    PERSON("token-mfa-required", 50076, "invalid_grant"),
    PERSON("token-mfa-required", 50078, "invalid_grant"),
    PERSON("token-mfa-required", 50158, "interaction_required"),
    PERSON("token-mfa-setup", 50072, "interaction_required"),
    PERSON("token-mfa-setup", 50079, "interaction_required"),
    STEP("token-device-code-blocked", "device", 53003, "access_denied"),
    PERSON("token-conditional-access", 53003, "invalid_grant"),
    PERSON("token-conditional-access", 530003, "invalid_grant"),
    PERSON("token-conditional-access", 530032, "invalid_grant"),
    TOKEN("token-conditional-access-app", 53003, "invalid_grant"),
    PERSON("token-device-required", 50097, "interaction_required"),
    PERSON("token-device-required", 53000, "invalid_grant"),
    PERSON("token-device-required", 53001, "interaction_required"),
    PERSON("token-security-defaults", 530034, "invalid_grant"),
    PERSON("token-security-defaults", 530035, "invalid_grant"),
    PERSON("token-tenant-restricted", 500021, "access_denied"),
    PERSON("token-tenant-restricted", 500022, "access_denied"),
    PERSON("token-tenant-restricted", 500212, "access_denied"),
    PERSON("token-tenant-restricted", 500213, "access_denied"),
    PERSON("token-user-unassigned", 50105, "interaction_required"),
    PERSON("token-account-unknown", 50034, "invalid_grant"),
    PERSON("token-account-foreign", 50020, "interaction_required"),
    PERSON("token-account-foreign", 90072, "interaction_required"),
    PERSON("token-account-foreign", 16000, "interaction_required"),
    PERSON("token-account-disabled", 50057, "invalid_grant"),
    PERSON("token-account-locked", 50053, "invalid_grant"),
    PERSON("token-password-wrong", 50126, "invalid_grant"),
    PERSON("token-password-expired", 50055, "invalid_grant"),
    PERSON("token-password-none", 50056, "invalid_grant"),
    PERSON("token-session-frequency", 70043, "invalid_grant"),
    PERSON("token-session-ended", 50173, "invalid_grant"),
    PERSON("token-session-ended", 70008, "invalid_grant"),
    PERSON("token-session-ended", 700082, "invalid_grant"),
    PERSON("token-session-ended", 70000, "invalid_grant"),
    {.row = "token-session-ended",
     .token = true,
     .grant = OAUTH_BROWSER,
     .step = "refresh",
     .code = 400,
     .error = "invalid_grant",
     .suberror = "bad_token",
     .number = 9002313},
    PERSON("token-code-used", 54005, "invalid_grant"),
    PERSON("token-sign-in-unfinished", 50058, "login_required"),
    PERSON("token-sign-in-unfinished", 50140, "interrupt"),
    PERSON("token-sign-in-unfinished", 50199, "interrupt"),
    TOKEN("token-loop", 50196, "invalid_grant"),
    // codes
    STEP("token-device-expired", "device", 70020, "expired_token"),
    STEP("token-device-expired", "device", 70019, "expired_token"),
    STEP("token-device-expired", "device", 0, "expired_token"),
    STEP("token-device-pending", "device", 70016, "authorization_pending"),
    STEP("token-device-declined", "device", 0, "authorization_declined"),
    STEP("token-device-declined", "device", 0, "access_denied"),
    STEP("token-device-code-bad", "device", 70018, "bad_verification_code"),
    STEP("token-browser-declined", "authorize", 0, "access_denied"),
    // busy, down, something else
    TOKEN("token-throttled", 90055, "temporarily_unavailable"),
    ANSWER("token-throttled-http", 429, "{}"),
    TOKEN("token-unavailable", 90033, "temporarily_unavailable"),
    TOKEN("token-unavailable", 90006, "server_error"),
    TOKEN("token-unavailable", 90024, "temporarily_unavailable"),
    TOKEN("token-unavailable", 50033, "temporarily_unavailable"),
    TOKEN("token-unavailable", 50000, "server_error"),
    TOKEN("token-unavailable", 12345678, "temporarily_unavailable"),
    ANSWER("token-page", 200, PAGE),
    ANSWER("token-page", 502, PAGE),
    ANSWER("token-down", 503, ""),
    {.row = "token-redirected",
     .token = true,
     .step = "token",
     .code = 302,
     .body = "",
     .key = "Location",
     .value = "http://portal.example/"},
    ANSWER("token-path-unknown", 404, ""),
    // by `error`
    TOKEN("token-request-malformed", 90019, "invalid_request"),
    TOKEN("token-request-malformed", 90023, "invalid_request"),
    TOKEN("token-request-malformed", 900144, "invalid_request"),
    TOKEN("token-request-malformed", 9002313, "invalid_request"),
    TOKEN("token-client-refused", 70002, "invalid_client"),
    TOKEN("token-client-refused", 12345678, "invalid_client"),
    TOKEN("token-client-unauthorized", 12345678, "unauthorized_client"),
    PERSON("token-sign-in-wanted", 12345678, "interaction_required"),
    {.row = "token-rule",
     .token = true,
     .grant = OAUTH_BROWSER,
     .step = "refresh",
     .code = 400,
     .error = "invalid_grant",
     .suberror = "message_only",
     .number = 12345678},
    PERSON("token-grant-refused", 12345678, "invalid_grant"),
    TOKEN("token-resource-refused", 12345678, "invalid_resource"),
    TOKEN("token-denied", 12345678, "access_denied"),
    TOKEN("token-refused", 12345678, "invalid_something"),
    ANSWER("token-unreadable", 200, "{\"hello\":1}"),
    // the way
    NET("cloud-name-unresolved", TENON_HTTP_FAULT_RESOLVE),
    NET("cloud-connection-refused", TENON_HTTP_FAULT_REFUSED),
    NET("cloud-unreachable", TENON_HTTP_FAULT_UNREACHABLE),
    NET("cloud-reset", TENON_HTTP_FAULT_RESET),
    NET("cloud-slow", TENON_HTTP_FAULT_SLOW),
    NET("cloud-answer-too-large", TENON_HTTP_FAULT_TOO_LARGE),
    NET("cloud-not-http", TENON_HTTP_FAULT_MALFORMED),
    NET("cloud-request-impossible", TENON_HTTP_FAULT_REQUEST),
    NET("cloud-transport-failed", TENON_HTTP_FAULT_OTHER),
    {.row = "cloud-inspected",
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_UNTRUSTED,
     .shown = &shown_made,
     .reason = "unknown."},
    CERT("cloud-certificate-expired", TENON_HTTP_TLS_EXPIRED),
    CERT("cloud-certificate-not-yet-valid", TENON_HTTP_TLS_NOT_YET),
    CERT("cloud-certificate-wrong-name", TENON_HTTP_TLS_NAME),
    CERT("cloud-certificate-untrusted", TENON_HTTP_TLS_UNTRUSTED),
    CERT("cloud-certificate-untrusted", TENON_HTTP_TLS_SELF_SIGNED),
    {.row = "cloud-tls-old", .fault = TENON_HTTP_FAULT_TLS, .reason = "alert protocol version."},
    {.row = "cloud-tls-handshake", .fault = TENON_HTTP_FAULT_TLS, .reason = "closed."},
    // the same way to the endpoint of tokens
    {.row = "cloud-unreachable",
     .token = true,
     .step = "token",
     .fault = TENON_HTTP_FAULT_UNREACHABLE,
     .reason = "no route."},
    // other answers
    {.row = "tenant-elsewhere", .finding = FINDING_TENANT_ELSEWHERE, .code = 400},
    {.row = "tenant-unknown", .finding = FINDING_TENANT_UNKNOWN, .code = 400},
    {.row = "cloud-claims",
     .code = 401,
     .key = "WWW-Authenticate",
     .value = "Bearer error=\"insufficient_claims\", claims=\"eyJ9\""},
    HTTP("cloud-unauthorized", 401, ""),
    HTTP("cloud-page-signin", 200, LOGIN),
    {.row = "cloud-redirected", .code = 302, .key = "Location", .value = "http://portal.example/"},
    HTTP("cloud-throttled", 429, ""),
    HTTP("cloud-trouble-page", 502, PAGE),
    HTTP("cloud-trouble", 504, ""),
    HTTP("cloud-page", 200, PAGE),
    HTTP("cloud-page", 403, PAGE),
    {.row = "cloud-forbidden",
     .code = 403,
     .key = "x-ms-diagnostics",
     .value = "2000008;reason=\"The token has too little.\";error_category=\"invalid_grant\""},
    HTTP("cloud-path-unknown", 404, ""),
    HTTP("cloud-too-large", 413, ""),
    HTTP("cloud-request-refused", 400, ""),
    HTTP("cloud-unknown", 200, "{}"),
};
const size_t n_cloud_fixtures = sizeof cloud_fixtures / sizeof *cloud_fixtures;
