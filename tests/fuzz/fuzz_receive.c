// SPDX-License-Identifier: Apache-2.0
/* Whatever a worker sends, the host stays whole: bytes from the wire, through the reader and every rule, to events. The first
 * byte chooses the hook. */
#include <string.h>

#include "core/host/internal.h"
#include "tests/fuzz/fuzz.h"

static tenon_context *ctx;

static void
on_event(void *user, tenon_worker *w, const tenon_event *ev)
{
  size_t *events = user;

  (void)w;
  ++*events;
  if (ev->json && strlen(ev->json) != ev->json_len)
    abort();
}

static int32_t
next(void *user, tenon_text *ret)
{
  (void)user;
  *ret = (tenon_text){"anna", 4};
  return TENON_NEXT_SUBJECT;
}

/* A worker without a process, in the middle of the hook that the first byte chooses. */
static tenon_worker *
make_worker(size_t *events, unsigned char choice)
{
  static const uint32_t hooks[] = {HOOK_VERIFY,  HOOK_IMPERSONATE, HOOK_BROWSE,
                                   HOOK_SUGGEST, HOOK_CONFIGURE,   0};
  tenon_worker *w = calloc(1, sizeof *w);

  if (!w)
    abort();
  w->ctx = ctx;
  w->on_event = on_event;
  w->user = events;
  w->id = strdup("fuzzed");
  w->path = strdup("/fuzzed.so");
  w->connection = strdup("one");
  w->scrubber = scrubber_create();
  w->socket.fd = w->process.fd = w->out.source.fd = w->err.source.fd = -1;
  w->state = choice & 0x80 ? WORKER_STARTING : WORKER_READY;
  w->answers = true;
  w->call.hook = hooks[choice % (sizeof hooks / sizeof *hooks)];
  w->call.number = w->last_call = 1;
  w->call.round = tenon_context_round(ctx);
  if (gate_learn(w, NULL, "password", "secret", 6) != 0)
    abort();
  w->call.subjects.next = next;
  w->call.subjects.window = 4;
  wire_reader_init(&w->reader, WIRE_LINE_MAX);
  if (w->call.hook == HOOK_IMPERSONATE)
    subjects_grant(w);
  return w;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  size_t events = 0, len;
  tenon_worker *w;
  char *line;

  if (!ctx && tenon_context_create(NULL, &ctx) != 0)
    abort();
  if (n == 0)
    return 0;
  w = make_worker(&events, bytes[0]);
  if (wire_reader_feed(&w->reader, bytes + 1, n - 1) != 0)
    abort();
  while (w->state != WORKER_DEAD && wire_reader_next(&w->reader, &line, &len) == 1)
    worker_receive(w, line, len);
  if (w->state == WORKER_DEAD && events == 0)
    abort(); /* it died and nobody was told */
  gate_end(w);
  signin_end(w, NULL);
  worker_free(w);
  keep_finish(&ctx->kept);
  return 0;
}

const unsigned fuzz_lines_max = 4, fuzz_choices = 1;

const char *const fuzz_seeds[] = {
    "{\"type\":\"ready\",\"connector\":{\"id\":\"fuzzed\",\"version\":\"1\",\"name\":\"F\","
    "\"hooks\":[\"verify\"],\"pages\":"
    "[{\"id\":\"p\",\"title\":\"P\"}],\"fields\":[{\"key\":\"k\",\"page\":\"p\",\"label\":\"L\","
    "\"type\":\"choice\","
    "\"choices\":[{\"value\":\"a\"}]}]},\"sandbox\":{\"a\":\"b\"}}",
    "{\"type\":\"refused\",\"rule\":\"TR-12\",\"detail\":\"d\",\"remedy\":\"r\"}",
    "{\"type\":\"began\",\"call\":1,\"id\":\"a.b\",\"title\":\"T\"}",
    "{\"type\":\"check\",\"call\":1,\"check\":{\"id\":\"a.b\",\"title\":\"T\",\"state\":\"fail\","
    "\"level\":\"required\","
    "\"remedy\":\"r\",\"cause\":\"auth\",\"elapsed_ms\":1.5,\"retry_ms\":10,\"data\":{\"a\":\"b\"}}"
    "}",
    "{\"type\":\"check\",\"call\":1,\"check\":{\"id\":\"a.b\",\"title\":\"T\",\"state\":\"pass\","
    "\"level\":\"info\","
    "\"subject\":\"anna\"}}",
    "{\"type\":\"offer\",\"call\":1,\"offer\":{\"value\":\"v\",\"label\":\"l\"}}",
    "{\"type\":\"patch\",\"call\":1,\"key\":\"k\",\"value\":\"v\"}",
    "{\"type\":\"step\",\"call\":1,\"step\":{\"id\":\"s\",\"title\":\"T\",\"state\":\"missing\","
    "\"body\":\"b\"}}",
    "{\"type\":\"ask\",\"call\":1,\"ticket\":5,\"ask\":{\"ask\":\"q\",\"kind\":\"choice\","
    "\"title\":\"T\",\"choices\":[{"
    "\"value\":\"y\"}],\"expires_ms\":10}}",
    "{\"type\":\"withdrawn\",\"ticket\":5}",
    "{\"type\":\"log\",\"level\":\"info\",\"text\":\"hello\"}",
    "{\"type\":\"gate.enter\",\"request\":1,\"host\":\"h\",\"user\":\"u\",\"secret\":\"password\","
    "\"connected\":true}",
    "{\"type\":\"gate.left\",\"request\":1,\"result\":\"unsent\"}",
    "{\"type\":\"gate.refused\",\"host\":\"h\",\"user\":\"u\",\"secret\":\"password\"}",
    "{\"type\":\"keep\",\"scope\":\"process\",\"key\":\"k\",\"secret\":\"YWJj\"}",
    "{\"type\":\"keep.get\",\"request\":2,\"key\":\"k\"}",
    "{\"type\":\"signin.begin\",\"request\":3,\"resource\":\"r\"}",
    "{\"type\":\"signin.end\",\"resource\":\"r\"}",
    "{\"type\":\"browser.listen\",\"request\":4,\"state\":\"0123456789abcdef\"}",
    "{\"type\":\"browser.close\",\"request\":4}",
    "{\"type\":\"broke\",\"rule\":\"TR-42\",\"detail\":\"d\"}",
    "{\"type\":\"ended\",\"call\":1,\"status\":\"ok\"}",
    NULL,
};
