// SPDX-License-Identifier: Apache-2.0
/* The smallest program that embeds libtenon: it looks for a connector, opens it with answers, verifies, and prints what
 * it found. README.md beside it says how to build and run it. Everything happens in one thread: a call starts a hook,
 * tenon_context_run delivers what the hook finds, and ENDED or DIED ends the wait. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/host.h>

#define ANSWERS_MAX 32

struct run {
  int failed, over; /* over: the hook under way has ended */
};

static void
on_event(void *user, tenon_worker *worker, const tenon_event *event)
{
  static const char *const states[] = {"fail", "pass", "warn", "fail", "skip"};
  struct run *run = user;
  const tenon_check *check = event->check;

  (void)worker;
  if (event->kind == TENON_EVENT_CHECK) {
    printf("%s %s: %s\n", states[check->state <= TENON_SKIP ? check->state : 0], check->id,
           check->detail ? check->detail : check->title);
    if (check->remedy)
      printf("  what to do: %s\n", check->remedy);
    run->failed |= check->state == TENON_FAIL;
  } else if (event->kind == TENON_EVENT_ENDED || event->kind == TENON_EVENT_DIED) {
    run->failed |= event->status != TENON_OK;
    run->over = 1;
  }
}

/* Waits for the hook just started. */
static int
finish(tenon_context *context, struct run *run, int started)
{
  run->over = 0;
  while (started >= 0 && !run->over)
    started = tenon_context_run(context, -1);
  if (started < 0)
    fprintf(stderr, "embed1: %s\n", tenon_context_error(context));
  return started < 0 || run->failed ? -1 : 0;
}

static int
verify(tenon_context *context, const char *connector, const tenon_settings *settings)
{
  struct run run = {0, 0};
  tenon_worker *worker = NULL;
  int err = tenon_worker_create(context, connector, on_event, &run, &worker);

  if (err < 0)
    fprintf(stderr, "embed1: %s\n", tenon_context_error(context));
  else if (!finish(context, &run, tenon_worker_open(worker, settings, 0, NULL)))
    err = finish(context, &run, tenon_worker_verify(worker, 0, NULL));
  tenon_worker_destroy(worker);
  return err < 0 || run.failed ? 1 : 0;
}

static void
list(tenon_context *context)
{
  const tenon_plugin_info *const *plugins = NULL;

  if (tenon_context_scan(context, &plugins) < 0)
    return;
  for (; *plugins; plugins++)
    printf("%s: %s\n", (*plugins)->usable ? (*plugins)->id : (*plugins)->path,
           (*plugins)->usable ? (*plugins)->summary : (*plugins)->detail);
}

int
main(int argc, char **argv)
{
  const char *dirs[] = {getenv("EMBED1_PLUGINS"), NULL}; /* NULL: as libtenon was built */
  const tenon_context_options options = {.size = sizeof options,
                                         .libexec_dir = getenv("EMBED1_LIBEXEC"),
                                         .plugin_dirs = dirs[0] ? dirs : NULL,
                                         .host_name = "embed1",
                                         .host_version = "1"};
  tenon_pair values[ANSWERS_MAX];
  tenon_settings settings = {.size = sizeof settings, .values = values};
  tenon_context *context = NULL;
  int status = 1;

  for (int i = 2; i < argc && settings.n_values < ANSWERS_MAX; i++) {
    char *equals = strchr(argv[i], '=');
    if (!equals)
      continue;
    *equals = 0;
    values[settings.n_values++] = (tenon_pair){argv[i], {equals + 1, strlen(equals + 1)}};
  }
  if (tenon_context_create(&options, &context) < 0)
    fprintf(stderr, "embed1: %s\n", context ? tenon_context_error(context) : "out of memory");
  else if (argc < 2)
    list(context);
  else
    status = verify(context, argv[1], &settings);
  tenon_context_destroy(context);
  return argc < 2 && context ? 0 : status;
}
