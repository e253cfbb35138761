// SPDX-License-Identifier: Apache-2.0
/* Finding plugins by their notes. Nothing of a plugin runs here; what is refused stays in the list, with the rule and
 * the remedy, because "where is my plugin?" is the first question of whoever installs one. */
#include "core/host/internal.h"

#include <errno.h>
#include <string.h>

#include "core/module/load.h"
#include "core/module/rules.h"
#include "core/module/scan.h"

#define PLUGINS_MAX 1024u /* connectors in all directories together */

struct plugin_list {
  struct arena arena;
  size_t n;
  tenon_plugin_info infos[PLUGINS_MAX];
  const tenon_plugin_info *sorted[PLUGINS_MAX + 1];
};

void
plugins_finish(struct plugin_list *list)
{
  if (list)
    arena_finish(&list->arena);
  free(list);
}

static tenon_plugin_info *
add(struct plugin_list *list, const char *path)
{
  tenon_plugin_info *info;

  if (list->n == PLUGINS_MAX)
    return NULL;
  info = &list->infos[list->n];
  *info = (tenon_plugin_info){.size = sizeof *info};
  info->path = arena_text(&list->arena, path);
  if (!info->path)
    return NULL;
  list->n++;
  return info;
}

static void
refuse(struct plugin_list *list, tenon_plugin_info *info, const struct refusal *r)
{
  info->usable = 0;
  info->rule = r->rule;
  info->detail = arena_text(&list->arena, r->detail);
  info->remedy = arena_text(&list->arena, r->remedy);
}

static const tenon_plugin_info *
usable_of(const struct plugin_list *list, const char *id)
{
  for (size_t i = 0; i < list->n; i++)
    if (list->infos[i].usable && strcmp(list->infos[i].id, id) == 0)
      return &list->infos[i];
  return NULL;
}

/* A text that there is no memory for is left out, as the others are. */
static void
take_requirements(struct arena *a, const struct note_connector *c, tenon_plugin_info *info)
{
  tenon_requirement *all = arena_alloc(a, (c->n_requirements + 1) * sizeof *all);

  for (size_t i = 0; all && i < c->n_requirements; i++) {
    const struct note_requirement *r = &c->requirements[i];
    all[i] = (tenon_requirement){.title = arena_text(a, r->title),
                                 .detail = arena_text(a, r->detail),
                                 .needs = arena_text(a, r->needs),
                                 .when = arena_text(a, r->when)};
  }
  info->requirements = all;
  info->n_requirements = all ? c->n_requirements : 0;
}

static void
take_connector(struct plugin_list *list, const struct module_file *file,
               const struct note_connector *c)
{
  const tenon_plugin_info *first = usable_of(list, c->id);
  tenon_plugin_info *info = add(list, file->path);
  struct arena *a = &list->arena;
  struct refusal r = {0};

  if (!info)
    return;
  info->flags = c->probe ? TENON_PROBE : 0;
  info->id = arena_text(a, c->id);
  info->version = arena_text(a, c->version);
  info->name = arena_text(a, c->name);
  info->summary = arena_text(a, c->summary);
  info->family = arena_text(a, c->family);
  info->retires = arena_text(a, c->retires);
  info->retires_when = c->retires_when ? arena_text(a, c->retires_when) : NULL;
  info->successor = arena_text(a, c->successor);
  info->needs = arena_text(a, file->note.needs);
  info->roles = c->roles;
  take_requirements(a, c, info);
  info->usable = info->id && info->version && info->name;
  if (!first)
    return;
  (void)refusal_say(&r, TR_CONNECTOR, "The connector %s is in %s already, which was found first.",
                    c->id, first->path);
  (void)refusal_mend(&r, "Remove one of the two files.");
  refuse(list, info, &r);
}

static void
take_file(struct plugin_list *list, const char *path)
{
  struct module_file file = {.fd = -1};
  struct refusal r = {0};
  tenon_plugin_info *info;

  if (module_file_open(&file, path, &r) == 0) {
    for (size_t i = 0; i < file.note.n_connectors; i++)
      take_connector(list, &file, &file.note.connectors[i]);
    module_file_finish(&file);
    return;
  }
  info = add(list, path);
  if (info)
    refuse(list, info, &r);
}

/* By id; the refused that have none come last, by path. */
static int
by_id(const void *a, const void *b)
{
  const tenon_plugin_info *x = *(const tenon_plugin_info *const *)a;
  const tenon_plugin_info *y = *(const tenon_plugin_info *const *)b;
  int order;

  if (!x->id || !y->id)
    return x->id ? -1 : y->id ? 1 : strcmp(x->path, y->path);
  order = strcmp(x->id, y->id);
  return order ? order : (x < y ? -1 : x > y);
}

static const tenon_plugin_info *const *
sorted(struct plugin_list *list)
{
  for (size_t i = 0; i < list->n; i++)
    list->sorted[i] = &list->infos[i];
  list->sorted[list->n] = NULL;
  qsort(list->sorted, list->n, sizeof *list->sorted, by_id);
  return list->sorted;
}

static void
take_directory(tenon_context *ctx, struct plugin_list *list, const char *directory)
{
  struct scan files = {0};
  int err = scan_directory(directory, &files);

  if (err) {
    host_log(ctx, TENON_LOG_WARN, NULL, "plugins in %s cannot be listed: %s", directory,
             strerror(-err));
    return;
  }
  for (size_t i = 0; i < files.n; i++)
    take_file(list, files.paths[i]);
  scan_finish(&files);
}

int
tenon_context_scan(tenon_context *ctx, const tenon_plugin_info *const **ret)
{
  struct plugin_list *list = calloc(1, sizeof *list);

  if (!list)
    return context_fail(ctx, -ENOMEM, "There is no memory for a list of plugins.");
  plugins_finish(ctx->scanned);
  ctx->scanned = list;
  for (char **dir = ctx->plugin_dirs; *dir; dir++)
    take_directory(ctx, list, *dir);
  *ret = sorted(list);
  return 0;
}

int
tenon_context_inspect(tenon_context *ctx, const char *path, const tenon_plugin_info *const **ret)
{
  struct plugin_list *list = calloc(1, sizeof *list);

  if (!list)
    return context_fail(ctx, -ENOMEM, "There is no memory for a list of plugins.");
  plugins_finish(ctx->inspected);
  ctx->inspected = list;
  take_file(list, path);
  *ret = sorted(list);
  return 0;
}

/* ---- one connector --------------------------------------------------------------------------------------------- */

static int
split(tenon_context *ctx, const char *connector, char **ret_path, char **ret_id)
{
  const char *hash = strrchr(connector, '#');
  CLEANUP_FREE char *path = strndup(connector, (size_t)(hash - connector));
  CLEANUP_FREE char *whole = path ? realpath(path, NULL) : NULL;

  if (!whole)
    return context_fail(ctx, -errno, "The plugin %s cannot be opened: %s.", path ? path : connector,
                        strerror(errno));
  *ret_id = strdup(hash + 1);
  if (!*ret_id)
    return -ENOMEM;
  *ret_path = TAKE_PTR(whole);
  return 0;
}

static const tenon_plugin_info *
refused_of(const struct plugin_list *list, const char *id)
{
  for (size_t i = 0; i < list->n; i++)
    if (list->infos[i].id && strcmp(list->infos[i].id, id) == 0)
      return &list->infos[i];
  return NULL;
}

static int
not_found(tenon_context *ctx, const struct plugin_list *list, const char *id)
{
  const tenon_plugin_info *refused = refused_of(list, id);
  CLEANUP_BUF struct buf dirs = BUF_INIT(HOST_ERROR_MAX);

  if (refused)
    return context_fail(ctx, -EPERM, "The plugin %s is refused (%s): %s %s", id, refused->rule,
                        refused->detail, refused->remedy);
  for (char **dir = ctx->plugin_dirs; *dir; dir++)
    buf_printf(&dirs, "%s%s", dirs.len ? ", " : "", *dir);
  return context_fail(ctx, -ENOENT,
                      "There is no connector \"%s\" in %s. \"tenon plugin list\" shows what there "
                      "is and what was refused.",
                      id, buf_text(&dirs));
}

/* Directories in their order, files by name: the first that has it counts, as in a scan. */
static int
search(tenon_context *ctx, struct plugin_list *list, const char *id, char **ret_path, char **ret_id)
{
  const tenon_plugin_info *info = NULL;

  for (char **dir = ctx->plugin_dirs; *dir && !info; dir++) {
    take_directory(ctx, list, *dir);
    info = usable_of(list, id);
  }
  if (!info)
    return not_found(ctx, list, id);
  *ret_path = realpath(info->path, NULL);
  *ret_id = strdup(id);
  return *ret_path && *ret_id ? 0 : -ENOMEM;
}

int
plugins_find(tenon_context *ctx, const char *connector, char **ret_path, char **ret_id)
{
  struct plugin_list *list;
  int err;

  if (strchr(connector, '#'))
    return split(ctx, connector, ret_path, ret_id);
  list = calloc(1, sizeof *list);
  if (!list)
    return context_fail(ctx, -ENOMEM, "There is no memory for a list of plugins.");
  err = search(ctx, list, connector, ret_path, ret_id);
  plugins_finish(list);
  return err;
}
