// SPDX-License-Identifier: Apache-2.0
/* What the host lends, one table a session. Every misuse has an answer: a plugin that errs gets a status, not a
 * crash. */
#include <errno.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/module/rules.h"
#include "core/worker/keys.h"
#include "core/worker/state.h"

static struct worker *
worker_of(const tenon_host *h)
{
  return ((const struct worker_table *)h)->w;
}

static void
host_log(const tenon_host *h, int32_t level, const char *message)
{
  if (message)
    worker_log(worker_of(h), level, "%.*s", (int)WIRE_LOG_LINE_MAX, message);
}

static int64_t
host_now(const tenon_host *h)
{
  (void)h;
  return clock_now_ns();
}

static tenon_status
host_value(const tenon_host *h, const char *key, tenon_text *ret)
{
  struct worker *w = worker_of(h);
  const tenon_field *field = key ? connector_field(w->connector, key) : NULL;
  if (!ret || !field || field->type == TENON_SECRET) {
    worker_log(w, TENON_LOG_WARN,
               field ? "value() of %.63s: secrets come through secret()."
                     : "value() of %.63s: no field has this key.",
               key ? key : "(NULL)");
    return TENON_E_UNSUPPORTED;
  }
  const tenon_text *text = worker_value(w, key);
  *ret = text ? *text : (tenon_text){0};
  return TENON_OK;
}

static tenon_status
host_secret(const tenon_host *h, const char *key, tenon_secret **ret)
{
  struct worker *w = worker_of(h);
  char name[KEYS_SIZE];
  const tenon_field *field = key ? connector_field(w->connector, key) : NULL;
  if (!ret || !field || field->type != TENON_SECRET || !keys_join(name, KEYS_FIELD, key)) {
    worker_log(w, TENON_LOG_WARN, "secret() of %.63s: no field TENON_SECRET has this key.",
               key ? key : "(NULL)");
    return TENON_E_UNSUPPORTED;
  }
  tenon_secret *secret = secret_table_find(w->secrets, name);
  if (!secret)
    return TENON_E_CONFIG;
  *ret = secret;
  return TENON_OK;
}

static tenon_status
host_reveal(const tenon_host *h, tenon_secret *secret, tenon_text *ret)
{
  return ret && secret ? secret_table_reveal(worker_of(h)->secrets, secret, ret) : TENON_E_CONFIG;
}

static void
host_conceal(const tenon_host *h, tenon_secret *secret)
{
  struct worker *w = worker_of(h);
  if (secret && secret_table_owns(w->secrets, secret))
    secret_table_conceal(w->secrets, secret);
}

static tenon_status
host_remember(const tenon_host *h, tenon_text bytes, tenon_secret **ret)
{
  struct worker *w = worker_of(h);
  tenon_secret *secret;
  if (!bytes.ptr || bytes.len == 0 || !ret)
    return TENON_E_CONFIG;
  int err = secret_table_add(w->secrets, NULL, bytes.ptr, bytes.len, &secret);
  if (err == -E2BIG) {
    worker_log(w, TENON_LOG_ERROR, "A secret of %zu bytes is not remembered: %u are the most.",
               bytes.len, SECRET_VALUE_MAX);
    return TENON_E_CONFIG;
  }
  if (err)
    return TENON_E_NOMEM;
  *ret = secret;
  return TENON_OK;
}

static const void *
host_extension(const tenon_host *h, const char *id)
{
  struct worker *w = worker_of(h);
  if (id && strcmp(id, TENON_HTTP_ID) == 0)
    return http_service_table(w->http);
  if (id && strcmp(id, TENON_BROWSER_ID) == 0)
    return w->interactive ? &w->browser.abi : NULL;
  return id && strcmp(id, TENON_DNS_ID) == 0 ? dns_service_table(w->dns) : NULL;
}

void
worker_table_init(struct worker *w)
{
  w->table = (struct worker_table){
      .w = w,
      .abi = {.size = sizeof w->table.abi,
              .minor = TENON_ABI_MINOR,
              .name = w->host_name,
              .version = w->host_version,
              .log = host_log,
              .now = host_now,
              .value = host_value,
              .secret = host_secret,
              .reveal = host_reveal,
              .conceal = host_conceal,
              .remember = host_remember,
              .keep = worker_keep,
              .kept = worker_kept,
              .signin_begin = worker_signin_begin,
              .signin_end = worker_signin_end,
              .ask = worker_ask,
              .answer = worker_answer,
              .withdraw = worker_withdraw,
              .extension = host_extension},
  };
}

void
worker_table_finish_hook(struct worker *w)
{
  worker_keep_finish_hook(w);
  worker_ask_finish_hook(w);
  worker_browser_finish_hook(w);
  unsigned n = secret_table_conceal_all(w->secrets);
  if (n > 0)
    worker_log(w, TENON_LOG_WARN,
               "%u revealed secrets were not concealed when %s returned (" TR_REVEAL ").", n,
               hook_name(w->call.hook));
}
