// SPDX-License-Identifier: Apache-2.0
/* Options may stand anywhere, as --name VALUE, --name=VALUE, -n VALUE or -nVALUE; "--" ends them. What is not known is
 * answered with what is near. */
#include "core/cli/args.h"

#include <stdarg.h>
#include <string.h>

static const struct option_spec options_every[] = {
    {"help", NULL, "show this help", 'h'},
    {"no-color", NULL, "no colour, whatever the terminal can do", 0},
    {NULL, NULL, NULL, 0}};
static const struct option_spec options_output[] = {
    {"output", "FORMAT", "how the answer looks", 'o'}, {NULL, NULL, NULL, 0}};
static const struct option_spec options_plugins[] = {
    {"plugin-dir", "DIR", "look for plugins here too (may be repeated)", 0}, {NULL, NULL, NULL, 0}};
static const struct option_spec options_hooks[] = {
    {"in-process", NULL, "run the plugin in this process, without a sandbox: for debugging", 0},
    {"verbose", NULL, "show the log of the plugin and of tenon", 'v'},
    {NULL, NULL, NULL, 0}};
static const struct option_spec options_top[] = {{"version", NULL, "show the version", 'V'},
                                                 {NULL, NULL, NULL, 0}};

const struct option_spec *
args_group(uint32_t takes)
{
  switch (takes) {
  case 0: return options_every;
  case TAKES_OUTPUT: return options_output;
  case TAKES_PLUGINS: return options_plugins;
  default: return options_hooks;
  }
}

/* The lists a command takes; without a command all of the common ones. */
static size_t
lists_of(const struct command *c, const struct option_spec *ret[static 6])
{
  size_t n = 0;

  ret[n++] = options_every;
  if (!c)
    ret[n++] = options_top;
  for (uint32_t bit = TAKES_OUTPUT; bit <= TAKES_HOOKS; bit <<= 1)
    if (!c || (c->takes & bit))
      ret[n++] = args_group(bit);
  if (c && c->options)
    ret[n++] = c->options;
  return n;
}

static const struct option_spec *
find_option(const struct command *c, const char *name, size_t len, char letter)
{
  const struct option_spec *lists[6];
  size_t n = lists_of(c, lists);

  for (size_t i = 0; i < n; i++)
    for (const struct option_spec *o = lists[i]; o->name; o++)
      if (letter ? o->letter == letter : strlen(o->name) == len && !strncmp(o->name, name, len))
        return o;
  return NULL;
}

const struct command *
command_find(const struct command *const *list, const char *name)
{
  for (; list && *list; list++)
    if (strcmp((*list)->name, name) == 0)
      return *list;
  return NULL;
}

void
args_put_path(struct buf *b, const struct command *c)
{
  (void)buf_puts(b, "tenon");
  if (!c)
    return;
  for (const struct command *const *top = commands; *top; top++)
    for (const struct command *const *sub = (*top)->subs; sub && *sub; sub++)
      if (*sub == c)
        (void)buf_printf(b, " %s", (*top)->name);
  (void)buf_printf(b, " %s", c->name);
}

int
args_wrong(struct cli *cli, const struct args *a, const char *fmt, ...)
{
  CLEANUP_BUF struct buf text = BUF_INIT(CLI_LINE_MAX);
  CLEANUP_BUF struct buf path = BUF_INIT(256);
  va_list ap;

  va_start(ap, fmt);
  (void)buf_vprintf(&text, fmt, ap);
  va_end(ap);
  cli_error(cli, "%s", buf_text(&text));
  args_put_path(&path, a->command);
  if (a->command && a->command->usage)
    cli_talk(cli, "Usage: %s %s", buf_text(&path), a->command->usage);
  cli_talk(cli, "Try '%s --help'.", buf_text(&path));
  return STATUS_USAGE;
}

static int
wrong_option(struct cli *cli, const struct args *a, const char *typed)
{
  const struct option_spec *lists[6];
  size_t n = lists_of(a->command, lists);
  struct suggestion s;
  CLEANUP_FREE char *name = strndup(typed + 2, strcspn(typed + 2, "="));

  suggest_init(&s, name ? name : "");
  for (size_t i = 0; i < n && typed[1] == '-'; i++)
    for (const struct option_spec *o = lists[i]; o->name; o++)
      suggest_offer(&s, o->name);
  if (strncmp(typed, "--password", 10) == 0 || strncmp(typed, "--client-secret", 15) == 0)
    return args_wrong(
        cli, a,
        "Secrets are not taken as arguments, where every user of this machine could "
        "read them. Give a file, standard input or a command: see 'tenon wizard --help'.");
  if (suggest_best(&s))
    return args_wrong(cli, a, "There is no option %s here. Did you mean --%s?", typed,
                      suggest_best(&s));
  return args_wrong(cli, a, "There is no option %s here.", typed);
}

static int
wrong_command(struct cli *cli, const struct args *a, const struct command *const *list,
              const char *typed)
{
  struct suggestion s;

  suggest_init(&s, typed);
  for (const struct command *const *c = list; *c; c++)
    suggest_offer(&s, (*c)->name);
  if (suggest_best(&s))
    return args_wrong(cli, a, "There is no command \"%s\". Did you mean \"%s\"?", typed,
                      suggest_best(&s));
  return args_wrong(cli, a, "There is no command \"%s\".", typed);
}

/* ---- one argument --------------------------------------------------------------------------------------------------- */

static int
add_option(struct cli *cli, struct args *a, const struct option_spec *o, const char *value)
{
  if (a->n_options == CLI_OPTIONS_MAX)
    return args_wrong(cli, a, "More than %u options.", CLI_OPTIONS_MAX);
  a->options[a->n_options++] = (struct args_option){o, value ? value : ""};
  return 0;
}

/* *at is the argument's index; moved on when the value is the next one. */
static int
take_option(struct cli *cli, struct args *a, int argc, char **argv, int *at)
{
  const char *typed = argv[*at];
  bool is_long = typed[1] == '-';
  size_t len = strcspn(typed + 2, "=");
  const struct option_spec *o = is_long ? find_option(a->command, typed + 2, len, 0)
                                        : find_option(a->command, NULL, 0, typed[1]);
  if (!o)
    return wrong_option(cli, a, typed);
  const char *value =
      is_long ? (typed[2 + len] == '=' ? typed + 3 + len : NULL) : (typed[2] ? typed + 2 : NULL);
  if (!o->argument) {
    if (value)
      return args_wrong(cli, a, "The option --%s takes no value.", o->name);
    return add_option(cli, a, o, NULL);
  }
  if (!value && *at + 1 >= argc)
    return args_wrong(cli, a, "The option --%s needs a value: --%s %s.", o->name, o->name,
                      o->argument);
  return add_option(cli, a, o, value ? value : argv[++*at]);
}

static int
take_word(struct cli *cli, struct args *a, const char *word, bool *in_subs)
{
  if (!a->command) {
    a->command = command_find(commands, word);
    *in_subs = a->command && a->command->subs;
    return a->command ? 0 : wrong_command(cli, a, commands, word);
  }
  if (*in_subs) {
    const struct command *sub = command_find(a->command->subs, word);
    *in_subs = false;
    if (!sub)
      return wrong_command(cli, a, a->command->subs, word);
    a->command = sub;
    return 0;
  }
  if (a->n_words == CLI_OPTIONS_MAX)
    return args_wrong(cli, a, "More than %u arguments; put many subjects into a file: --from FILE.",
                      CLI_OPTIONS_MAX);
  a->words[a->n_words++] = word;
  return 0;
}

/* ---- what the common options say ------------------------------------------------------------------------------------ */

static bool
is_one_of(const char *list, const char *word)
{
  size_t n = strlen(word);

  for (const char *p = list; *p; p += strspn(p, " ")) {
    size_t len = strcspn(p, " ");
    if (len == n && strncmp(p, word, n) == 0)
      return true;
    p += len;
  }
  return false;
}

static int
apply_output(struct cli *cli, const struct args *a)
{
  const char *formats = a->command->formats;
  const char *format = args_value(a, "output");
  static char first[16];

  if (format && !is_one_of(formats, format))
    return args_wrong(cli, a, "There is no output format \"%s\" here: choose one of %s.", format,
                      formats);
  (void)snprintf(first, sizeof first, "%.*s", (int)strcspn(formats, " "), formats);
  cli->format = format ? format : first;
  return 0;
}

/* An option given before the command was not yet held against it. */
static int
check_taken(struct cli *cli, const struct args *a)
{
  for (size_t i = 0; i < a->n_options; i++) {
    const char *name = a->options[i].spec->name;
    if (!find_option(a->command, name, strlen(name), 0))
      return args_wrong(cli, a, "The command \"%s\" takes no option --%s.", a->command->name, name);
  }
  return 0;
}

static int
apply_common(struct cli *cli, struct args *a)
{
  size_t at = 0;

  if (args_has(a, "no-color"))
    cli->colour_out = cli->colour_err = false;
  cli->in_process = args_has(a, "in-process");
  cli->verbose = args_has(a, "verbose");
  for (const char *dir = args_each(a, "plugin-dir", &at); dir;
       dir = args_each(a, "plugin-dir", &at)) {
    if (cli->n_plugin_dirs == CLI_PLUGIN_DIRS_MAX)
      return args_wrong(cli, a, "More than %u plugin directories.", CLI_PLUGIN_DIRS_MAX);
    cli->plugin_dirs[cli->n_plugin_dirs++] = dir;
  }
  if (!a->command || args_has(a, "help"))
    return 0;
  int status = check_taken(cli, a);
  return status == 0 && (a->command->takes & TAKES_OUTPUT) ? apply_output(cli, a) : status;
}

int
args_parse(struct cli *cli, int argc, char **argv, struct args *a)
{
  bool in_subs = false, options_end = false;
  int status = 0;

  *a = (struct args){0};
  for (int i = 1; i < argc && status == 0; i++) {
    options_end = options_end ||
                  (a->command && a->command->passes && !in_subs && strcmp(argv[i], "--help") != 0);
    if (!options_end && strcmp(argv[i], "--") == 0)
      options_end = true;
    else if (!options_end && argv[i][0] == '-' && argv[i][1])
      status = take_option(cli, a, argc, argv, &i);
    else
      status = take_word(cli, a, argv[i], &in_subs);
  }
  if (in_subs && !args_has(a, "help"))
    a->command = a->command->subs[0];
  return status ? status : apply_common(cli, a);
}

/* ---- looking at it -------------------------------------------------------------------------------------------------- */

const char *
args_value(const struct args *a, const char *name)
{
  for (size_t i = a->n_options; i-- > 0;)
    if (strcmp(a->options[i].spec->name, name) == 0)
      return a->options[i].value;
  return NULL;
}

bool
args_has(const struct args *a, const char *name)
{
  return args_value(a, name) != NULL;
}

const char *
args_each(const struct args *a, const char *name, size_t *at)
{
  while (*at < a->n_options) {
    const struct args_option *o = &a->options[(*at)++];
    if (strcmp(o->spec->name, name) == 0)
      return o->value;
  }
  return NULL;
}
