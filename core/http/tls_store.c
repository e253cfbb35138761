// SPDX-License-Identifier: Apache-2.0
/* Stores are shared, not copied: a session without authorities of its own uses the process's store, one with some makes
 * a store out of the same parsed certificates. */
#include "core/http/tls_store.h"

#include <curl/curl.h>
#include <openssl/pem.h>
#include <openssl/err.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/http/tls.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static X509_STORE *shared; /* of the first bundle asked for; kept for the life of the process */
static char *shared_bundle;

static X509_STORE *
store_create(void)
{
  X509_STORE *store = X509_STORE_new();
  /* PARTIAL_CHAIN: a server's own certificate, or an intermediate one, may be what the administrator trusts. */
  if (store)
    X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

static X509_STORE *
load(const char *bundle)
{
  X509_STORE *store = store_create();
  if (store && X509_STORE_load_file(store, bundle) != 1)
    ERR_clear_error();
  return store;
}

static X509_STORE *
system_store(const char *bundle)
{
  LOCK_FOR_SCOPE(&lock);
  if (!shared) {
    CLEANUP_FREE char *name = strdup(bundle);
    shared = name ? load(bundle) : NULL;
    if (!shared)
      return NULL;
    shared_bundle = TAKE_PTR(name);
  }
  if (strcmp(shared_bundle, bundle) != 0)
    return load(bundle);
  X509_STORE_up_ref(shared);
  return shared;
}

static bool
add_all(X509_STORE *store, X509_STORE *from, STACK_OF(X509) * extra)
{
  STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(from);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
    X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    if (certificate && X509_STORE_add_cert(store, certificate) != 1)
      return false;
  }
  for (int i = 0; i < sk_X509_num(extra); i++)
    if (X509_STORE_add_cert(store, sk_X509_value(extra, i)) != 1)
      return false;
  return true;
}

X509_STORE *
tls_store_create(const char *bundle, STACK_OF(X509) * extra)
{
  if (!bundle)
    bundle = curl_version_info(CURLVERSION_NOW)->cainfo;
  X509_STORE *base = system_store(bundle ? bundle : "/etc/ssl/certs/ca-certificates.crt");
  if (!base || !extra)
    return base;
  X509_STORE *store = store_create();
  if (store && !add_all(store, base, extra)) {
    X509_STORE_free(store);
    store = NULL;
  }
  X509_STORE_free(base);
  return store;
}
