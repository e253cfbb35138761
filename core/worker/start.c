// SPDX-License-Identifier: Apache-2.0
/* From the first line to `ready`: judge the file, build the sandbox that its note asks for, start the io thread,
 * and only then run its code. The order is the point: what confines a thread must be there before the thread is. */
#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

#include "core/module/rules.h"
#include "core/worker/keys.h"
#include "core/worker/sandbox.h"
#include "core/worker/start.h"

static int
refused(struct worker *w, const struct refusal *r)
{
  size_t mark, n = strlen(r->detail);
  int end = (int)(n > 0 && r->detail[n - 1] == '.' ? n - 1 : n);
  CLEANUP_FREE char *detail = text_printf("%.*s (%s).", end, r->detail, r->rule);
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_refused(b, r->rule, detail ? detail : r->detail, r->remedy);
  (void)worker_line_end(w, mark, true);
  return -1;
}

static char *
copy_text(const cJSON *object, const char *key)
{
  const char *text = json_text(object, key);
  return text && *text ? strdup(text) : NULL;
}

static bool
take_load(struct worker *w, const cJSON *m)
{
  const cJSON *host = json_object(m, WIRE_KEY_HOST), *proxies = json_object(m, WIRE_KEY_PROXIES);
  w->host_name = copy_text(host, WIRE_KEY_NAME);
  w->host_version = copy_text(host, WIRE_KEY_VERSION);
  w->proxies.http_proxy = copy_text(proxies, WIRE_KEY_HTTP);
  w->proxies.https_proxy = copy_text(proxies, WIRE_KEY_HTTPS);
  w->proxies.no_proxy = copy_text(proxies, WIRE_KEY_NO);
  w->proxies.https_user = copy_text(proxies, WIRE_KEY_USER);
  w->proxies.http_user = copy_text(proxies, WIRE_KEY_HTTP_USER);
  return w->host_name && w->host_version;
}

void
worker_start_finish(struct worker *w)
{
  free(w->host_name);
  free(w->host_version);
  free((void *)(uintptr_t)w->proxies.http_proxy);
  free((void *)(uintptr_t)w->proxies.https_proxy);
  free((void *)(uintptr_t)w->proxies.no_proxy);
  free((void *)(uintptr_t)w->proxies.https_user);
  free((void *)(uintptr_t)w->proxies.http_user);
}

/* Requests are ours to log and not the plugin's doing: they must not use up what it may say. */
static bool
http_log(void *user, int32_t level, const char *message)
{
  struct worker *w = user;
  if (++w->http_lines < WORKER_HTTP_LINES_MAX)
    worker_log(w, level, "%s", message);
  else
    worker_log(w, TENON_LOG_DEBUG, "No further request is logged.");
  return w->http_lines < WORKER_HTTP_LINES_MAX;
}

/* The services: made when the first hook is about to run, since a proxy's password comes after `load`. */
int
worker_services(struct worker *w)
{
  w->proxies.https_secret = secret_table_find(w->secrets, KEYS_HOST WIRE_PROXY_PASSWORD);
  w->proxies.http_secret = secret_table_find(w->secrets, KEYS_HOST WIRE_HTTP_PASSWORD);
  const struct http_config config = {.secrets = w->secrets,
                                     .scrubber = w->scrubber,
                                     .environment = w->proxies,
                                     .log_level = TENON_LOG_DEBUG,
                                     .log = http_log,
                                     .log_user = w,
                                     .gate = worker_gate_upstream(w)};
  w->http = http_service_create(&config);
  w->dns = dns_service_create();
  return w->http && w->dns ? 0 : -1;
}

static int
say_ready(struct worker *w, const struct sandbox_facts *facts)
{
  size_t mark;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_ready(b, &w->connector->d, w->connector->hooks, facts->pairs, facts->n);
  return worker_line_end(w, mark, true) ? 0 : -1;
}

/* The texts are the message's. */
static size_t
take_paths(const cJSON *m, struct sandbox_path ret[static SANDBOX_PATHS_MAX])
{
  const cJSON *item;
  size_t n = 0;
  cJSON_ArrayForEach(item, json_array(m, WIRE_KEY_PATHS))
  {
    if (cJSON_IsString(item) && n < SANDBOX_PATHS_MAX)
      ret[n++] = (struct sandbox_path){.text = item->valuestring};
  }
  return n;
}

static void
confine(struct worker *w, const cJSON *m, struct sandbox_facts *facts)
{
  struct sandbox_path paths[SANDBOX_PATHS_MAX];
  size_t n = take_paths(m, paths);
  sandbox_enter(&w->file, paths, n, facts);
  for (size_t i = 0; i < n; i++)
    if (paths[i].why)
      worker_log(w, TENON_LOG_WARN, "The sandbox does not let the plugin at %s: %s.", paths[i].text,
                 paths[i].why);
}

static int
load(struct worker *w, const cJSON *m, pthread_t *ret_io, bool *ret_started)
{
  struct refusal r;
  struct sandbox_facts facts = {.n = 0};
  const char *path = json_text(m, WIRE_KEY_PLUGIN), *id = json_text(m, WIRE_KEY_CONNECTOR);

  if (!path || !id || !take_load(w, m))
    return -1;
  if (module_file_open(&w->file, path, &r) != 0)
    return refused(w, &r);
  if (!(w->flags & WORKER_IN_PROCESS))
    confine(w, m, &facts);
  else
    sandbox_none(&facts);
  if (worker_io_start(w, ret_io) != 0)
    return -1;
  *ret_started = true;
  if (module_load(&w->file, id, &w->connector, &w->live, &r) != 0)
    return refused(w, &r);
  return say_ready(w, &facts);
}

int
worker_start(struct worker *w, pthread_t *ret_io, bool *ret_started)
{
  CLEANUP_JSON cJSON *first = worker_io_first(w);
  if (!first || wire_type_of(first) != WIRE_LOAD)
    return -1;
  /* Before any thread and any plugin: libcurl's set-up of its libraries is not safe beside others. */
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
    return -1;
  return load(w, first, ret_io, ret_started);
}
