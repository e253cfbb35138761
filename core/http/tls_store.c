// SPDX-License-Identifier: Apache-2.0
/* Stores are shared, not copied: a session without authorities of its own uses the process's store. One with some asks
 * those first, and the system's are read only when an issuer is not among them, since that takes longer than a round
 * trip. */
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

/* ---- authorities of its own first ---- */

static bool
add_all(X509_STORE *store, X509_STORE *from)
{
  STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(from);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
    X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    if (certificate && X509_STORE_add_cert(store, certificate) != 1)
      return false;
  }
  return true;
}

/* An issuer is not in the store: now the system's are. What is handed back is borrowed from the store. */
static int
find_later(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name, X509_OBJECT *ret)
{
  char *bundle = X509_LOOKUP_get_method_data(lookup);
  X509_STORE *store = X509_LOOKUP_get_store(lookup);
  if (type != X509_LU_X509 || !bundle)
    return 0;
  X509_STORE *system = system_store(bundle);
  bool ok = system && add_all(store, system);
  X509_STORE_free(system);
  (void)X509_LOOKUP_set_method_data(lookup, NULL); /* once */
  free(bundle);
  if (!ok)
    return 0;
  X509_OBJECT *found =
      X509_OBJECT_retrieve_by_subject(X509_STORE_get0_objects(store), X509_LU_X509, name);
  X509 *certificate = found ? X509_OBJECT_get0_X509(found) : NULL;
  if (!certificate || X509_OBJECT_set1_X509(ret, certificate) != 1)
    return 0;
  X509_free(certificate);
  return 1;
}

static void
forget_bundle(X509_LOOKUP *lookup)
{
  free(X509_LOOKUP_get_method_data(lookup));
}

static X509_LOOKUP_METHOD *later;
static pthread_once_t later_once = PTHREAD_ONCE_INIT;

static void
later_init(void)
{
  later = X509_LOOKUP_meth_new("the system's authorities, when they are needed");
  if (later && (X509_LOOKUP_meth_set_get_by_subject(later, find_later) != 1 ||
                X509_LOOKUP_meth_set_free(later, forget_bundle) != 1)) {
    X509_LOOKUP_meth_free(later);
    later = NULL;
  }
}

static bool
add_later(X509_STORE *store, const char *bundle)
{
  (void)pthread_once(&later_once, later_init);
  X509_LOOKUP *lookup = later ? X509_STORE_add_lookup(store, later) : NULL;
  CLEANUP_FREE char *copy = strdup(bundle);
  if (!lookup || !copy || X509_LOOKUP_set_method_data(lookup, copy) != 1)
    return false;
  (void)TAKE_PTR(copy);
  return true;
}

X509_STORE *
tls_store_create(const char *bundle, STACK_OF(X509) * extra)
{
  if (!bundle)
    bundle = curl_version_info(CURLVERSION_NOW)->cainfo;
  if (!bundle)
    bundle = "/etc/ssl/certs/ca-certificates.crt";
  if (!extra)
    return system_store(bundle);
  X509_STORE *store = store_create();
  bool ok = store && add_later(store, bundle);
  for (int i = 0; ok && i < sk_X509_num(extra); i++)
    ok = X509_STORE_add_cert(store, sk_X509_value(extra, i)) == 1;
  if (ok)
    return store;
  X509_STORE_free(store);
  return NULL;
}
