// SPDX-License-Identifier: Apache-2.0
/* The cache of Authorization lines: a bulk run asks for the same one ten thousand times. */
#include "core/http/credential.h"

#include <stdlib.h>
#include <string.h>

#include "core/secret/handle.h"
#include "core/secret/memory.h"
#include "core/secret/scrub_forms.h"

struct credential {
  struct credential *next;
  enum credential_kind kind;
  char *user;
  const tenon_secret *secret;
  char *line; /* secret memory */
};

struct credentials {
  struct scrubber *scrubber;
  struct credential *list; /* the one last used in front */
  size_t count;
};

static const char *const prefixes[] = {
    [CREDENTIAL_BASIC] = "Authorization: Basic ",
    [CREDENTIAL_BEARER] = "Authorization: Bearer ",
    [CREDENTIAL_PROXY] = "Proxy-Authorization: Basic ",
};

struct credentials *
credentials_create(struct scrubber *scrubber)
{
  struct credentials *credentials = calloc(1, sizeof *credentials);
  if (credentials)
    credentials->scrubber = scrubber;
  return credentials;
}

static void
credential_destroy(struct credential *credential)
{
  secret_memory_free(credential->line);
  free(credential->user);
  free(credential);
}

void
credentials_destroy(struct credentials *credentials)
{
  if (!credentials)
    return;
  for (struct credential *next, *c = credentials->list; c; c = next) {
    next = c->next;
    credential_destroy(c);
  }
  free(credentials);
}

static bool
has_control(const char *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7f)
      return true;
  return false;
}

/* RFC 7617: no colon in the user, no control characters anywhere. RFC 6750: a token has no spaces either. */
static const char *
check(enum credential_kind kind, const char *user, tenon_text secret)
{
  if (has_control(secret.ptr, secret.len))
    return "the secret holds a control character (a line end?): enter it again";
  if (kind == CREDENTIAL_BEARER)
    return secret.len == 0 || memchr(secret.ptr, ' ', secret.len)
               ? "the token is empty or holds a space"
               : NULL;
  if (strlen(user) > CREDENTIALS_USER_MAX || has_control(user, strlen(user)))
    return "the user name is too long or holds a control character";
  return strchr(user, ':') ? "a user name with a colon cannot sign in by Basic" : NULL;
}

static char *
basic_line(struct credentials *credentials, enum credential_kind kind, const char *user,
           tenon_text secret)
{
  size_t n_user = strlen(user), n = n_user + 1 + secret.len, n_prefix = strlen(prefixes[kind]);
  if (scrubber_add_account(credentials->scrubber, user, secret.ptr, secret.len) < 0)
    return NULL;
  char *both = secret_memory_alloc(n);
  char *line = secret_memory_alloc(n_prefix + (n + 2) / 3 * 4 + 1);
  if (both && line) {
    memcpy(both, user, n_user);
    both[n_user] = ':';
    memcpy(both + n_user + 1, secret.ptr, secret.len);
    memcpy(line, prefixes[kind], n_prefix);
    (void)secret_form(SECRET_FORM_BASE64, both, n, line + n_prefix);
  } else {
    secret_memory_free(TAKE_PTR(line));
  }
  secret_memory_free(both);
  return line;
}

static char *
bearer_line(tenon_text secret)
{
  size_t n_prefix = strlen(prefixes[CREDENTIAL_BEARER]);
  char *line = secret_memory_alloc(n_prefix + secret.len + 1);
  if (!line)
    return NULL;
  memcpy(line, prefixes[CREDENTIAL_BEARER], n_prefix);
  memcpy(line + n_prefix, secret.ptr, secret.len);
  return line;
}

static struct credential *
credential_create(struct credentials *credentials, enum credential_kind kind, const char *user,
                  const tenon_secret *secret)
{
  struct credential *credential = calloc(1, sizeof *credential);
  if (!credential)
    return NULL;
  credential->kind = kind;
  credential->secret = secret;
  credential->user = strdup(user);
  credential->line = kind == CREDENTIAL_BEARER
                         ? bearer_line(secret_plaintext(secret))
                         : basic_line(credentials, kind, user, secret_plaintext(secret));
  if (!credential->user || !credential->line) {
    credential_destroy(credential);
    return NULL;
  }
  return credential;
}

/* The one found goes to the front. */
static struct credential *
find(struct credentials *credentials, enum credential_kind kind, const char *user,
     const tenon_secret *secret)
{
  for (struct credential **at = &credentials->list; *at; at = &(*at)->next) {
    struct credential *c = *at;
    if (c->secret != secret || c->kind != kind || strcmp(c->user, user) != 0)
      continue;
    *at = c->next;
    c->next = credentials->list;
    credentials->list = c;
    return c;
  }
  return NULL;
}

char *
credentials_line(struct credentials *credentials, enum credential_kind kind, const char *user,
                 const tenon_secret *secret, const char **ret_why)
{
  if (!user || kind == CREDENTIAL_BEARER)
    user = "";
  struct credential *credential = find(credentials, kind, user, secret);
  if (credential)
    return credential->line;
  const char *why = check(kind, user, secret_plaintext(secret));
  if (!why && credentials->count >= CREDENTIALS_MAX)
    why = "this session has signed in with too many accounts";
  if (!why)
    credential = credential_create(credentials, kind, user, secret);
  if (!credential) {
    *ret_why = why ? why : "memory is out";
    return NULL;
  }
  credential->next = credentials->list;
  credentials->list = credential;
  credentials->count++;
  return credential->line;
}
