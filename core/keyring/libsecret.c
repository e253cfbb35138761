// SPDX-License-Identifier: Apache-2.0
/* One handle finds GLib's functions too: libsecret brings it. */
#include "core/keyring/libsecret.h"

#include <dlfcn.h>

const struct libsecret *
libsecret_open(const char **ret_why)
{
  static struct libsecret functions;
  void *handle = dlopen(LIBSECRET_FILE, RTLD_NOW | RTLD_LOCAL);

  *ret_why = LIBSECRET_FILE;
  if (!handle)
    return NULL;
#define LIBSECRET_FIND(result, name, parameters)                                                   \
  *(void **)&functions.name = dlsym(handle, #name);                                                \
  if (!functions.name) {                                                                           \
    *ret_why = #name;                                                                              \
    return NULL;                                                                                   \
  }
  LIBSECRET_FUNCTIONS(LIBSECRET_FIND)
#undef LIBSECRET_FIND
  return &functions; /* never closed: GLib's threads live on */
}
