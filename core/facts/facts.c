// SPDX-License-Identifier: Apache-2.0
/* Puts the sections together. A host is an argument, and may have been typed by anybody: it is looked at before a library
 * gets it. */
#include "core/facts/facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/http/proxy.h"
#include "core/json/json.h"

#define HOST_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:"

static int
write_all(const char *bytes, size_t n)
{
  while (n > 0) {
    ssize_t done = write(STDOUT_FILENO, bytes, n);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return EXIT_FAILURE;
    bytes += done;
    n -= (size_t)done;
  }
  return EXIT_SUCCESS;
}

int
facts_print(const char *host)
{
  CLEANUP_JSON cJSON *facts = cJSON_CreateObject();

  if (host &&
      (!*host || strlen(host) > FACTS_HOST_MAX || strspn(host, HOST_LETTERS) != strlen(host)))
    return EXIT_FAILURE;
  if (!facts)
    return EXIT_FAILURE;
  facts_put_tls(facts);
  facts_put_gss(facts);
  facts_put_krb5(facts, host);
  if (host)
    cJSON_AddBoolToObject(facts, "no_proxy", proxy_exempt(getenv("NO_PROXY"), host, FACTS_PORT));
  CLEANUP_FREE char *text = json_print(facts);
  return text ? write_all(text, strlen(text)) : EXIT_FAILURE;
}
