// SPDX-License-Identifier: Apache-2.0
//
// libmicrohttpd behind the lab's own idea of a request. An event loop never sleeps: an answer with
// a delay is suspended and the clock resumes it, so that a thousand slow answers overlap.
#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

struct listener {
  struct listener_settings settings;
  struct MHD_Daemon *daemon;
  struct clock *clock;
  pthread_mutex_t lock;
  bool ending; // nothing is held back any more
};

// One request, from its head to the end of its answer.
struct exchange {
  struct listener *listener;
  struct MHD_Connection *connection;
  struct text body;
  bool too_large;
  bool held;
  struct http_answer answer;
};

// The body of a slow answer, on its way.
struct dribble {
  struct listener *listener;
  struct MHD_Connection *connection;
  struct text body;
  size_t sent;
  int pause_ms;
  bool rested;
};

const char *
http_request_header(const struct http_request *request, const char *name)
{
  return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

void
http_answer_header(struct http_answer *answer, const char *name, const char *format, ...)
{
  if (answer->header_count == HTTP_HEADERS_MAX)
    return;
  struct http_header *header = &answer->headers[answer->header_count++];
  header->name = name;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(header->value, sizeof(header->value), format, arguments);
  va_end(arguments);
}

static void
resume(void *pointer)
{
  MHD_resume_connection(pointer);
}

// Suspends the connection for a while. false: it goes on at once, as the listener is ending or
// memory is short. libmicrohttpd aborts when it is stopped with a connection suspended.
static bool
hold(struct listener *listener, struct MHD_Connection *connection, int ms)
{
  pthread_mutex_lock(&listener->lock);
  bool held = !listener->ending;
  if (held) {
    MHD_suspend_connection(connection);
    if (!clock_after(listener->clock, ms, resume, connection))
      MHD_resume_connection(connection);
  }
  pthread_mutex_unlock(&listener->lock);
  return held;
}

static ssize_t
read_dribble(void *pointer, uint64_t position, char *buffer, size_t room)
{
  struct dribble *dribble = pointer;
  (void)position;
  if (dribble->sent == dribble->body.length)
    return MHD_CONTENT_READER_END_OF_STREAM;
  if (!dribble->rested && dribble->pause_ms > 0) {
    dribble->rested = true;
    if (hold(dribble->listener, dribble->connection, dribble->pause_ms))
      return 0;
  }
  dribble->rested = false;
  size_t piece = dribble->body.length / HTTP_DRIBBLE_CHUNKS + 1;
  if (piece > dribble->body.length - dribble->sent)
    piece = dribble->body.length - dribble->sent;
  if (piece > room)
    piece = room;
  memcpy(buffer, dribble->body.bytes + dribble->sent, piece);
  dribble->sent += piece;
  return (ssize_t)piece;
}

static void
free_dribble(void *pointer)
{
  struct dribble *dribble = pointer;
  text_finish(&dribble->body);
  free(dribble);
}

static struct MHD_Response *
make_dribble(struct exchange *exchange)
{
  struct http_answer *answer = &exchange->answer;
  struct dribble *dribble = calloc(1, sizeof(*dribble));
  if (dribble == NULL)
    return NULL;
  *dribble = (struct dribble){.listener = exchange->listener,
                              .connection = exchange->connection,
                              .body = answer->body,
                              .pause_ms = answer->dribble_ms / HTTP_DRIBBLE_CHUNKS};
  answer->body = (struct text){0};
  struct MHD_Response *response = MHD_create_response_from_callback(
      dribble->body.length, 1024, read_dribble, dribble, free_dribble);
  if (response == NULL)
    free_dribble(dribble);
  return response;
}

static struct MHD_Response *
make_response(struct exchange *exchange)
{
  struct http_answer *answer = &exchange->answer;
  if (answer->dribble_ms > 0 && answer->body.length > 0)
    return make_dribble(exchange);
  struct MHD_Response *response = MHD_create_response_from_buffer(
      answer->body.length, answer->body.bytes, MHD_RESPMEM_MUST_FREE);
  if (response != NULL)
    answer->body = (struct text){0};
  return response;
}

// Closing a socket politely would show as an empty answer; disconnecting it sends the reset now.
static enum MHD_Result
reset_connection(struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
  if (info != NULL)
    (void)connect(info->connect_fd, &nowhere, sizeof(nowhere));
  return MHD_NO;
}

static enum MHD_Result
send_answer(struct exchange *exchange)
{
  struct http_answer *answer = &exchange->answer;
  if (answer->reset || answer->body.failed || answer->authenticate.failed ||
      answer->location.failed)
    return reset_connection(exchange->connection);
  struct MHD_Response *response = make_response(exchange);
  if (response == NULL)
    return MHD_NO;
  if (answer->authenticate.length > 0)
    MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, answer->authenticate.bytes);
  if (answer->location.length > 0)
    MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, answer->location.bytes);
  for (size_t i = 0; i < answer->header_count; i++)
    MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
  enum MHD_Result result = MHD_queue_response(exchange->connection, answer->status, response);
  MHD_destroy_response(response);
  return result;
}

static enum MHD_Result
answer_request(struct exchange *exchange, const char *method, const char *path)
{
  if (exchange->held)
    return send_answer(exchange);
  if (exchange->too_large || exchange->body.failed) {
    exchange->answer.status = MHD_HTTP_CONTENT_TOO_LARGE;
    return send_answer(exchange);
  }
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  const struct http_request request = {
      .connection = exchange->connection,
      .session = info != NULL ? info->socket_context : NULL,
      .method = method,
      .path = path,
      .body = exchange->body.bytes != NULL ? exchange->body.bytes : "",
      .length = exchange->body.length,
  };
  const struct listener_settings *settings = &exchange->listener->settings;
  settings->service(settings->context, &request, &exchange->answer);
  int delay = exchange->answer.delay_ms;
  exchange->held = true;
  if (delay > 0 && hold(exchange->listener, exchange->connection, delay))
    return MHD_YES;
  return send_answer(exchange);
}

static void
take_body(struct exchange *exchange, const char *bytes, size_t length)
{
  if (exchange->body.length + length > HTTP_BODY_MAX)
    exchange->too_large = true;
  else
    text_append_bytes(&exchange->body, bytes, length);
}

static enum MHD_Result
handle(void *context, struct MHD_Connection *connection, const char *path, const char *method,
       const char *version, const char *bytes, size_t *length, void **state)
{
  (void)version;
  struct exchange *exchange = *state;
  if (exchange == NULL) {
    exchange = calloc(1, sizeof(*exchange));
    if (exchange == NULL)
      return MHD_NO;
    exchange->listener = context;
    exchange->connection = connection;
    *state = exchange;
    return MHD_YES;
  }
  if (*length == 0)
    return answer_request(exchange, method, path);
  take_body(exchange, bytes, *length);
  *length = 0;
  return MHD_YES;
}

static void
complete(void *context, struct MHD_Connection *connection, void **state,
         enum MHD_RequestTerminationCode code)
{
  (void)context;
  (void)connection;
  (void)code;
  struct exchange *exchange = *state;
  if (exchange == NULL)
    return;
  text_finish(&exchange->body);
  text_finish(&exchange->answer.body);
  text_finish(&exchange->answer.authenticate);
  text_finish(&exchange->answer.location);
  free(exchange);
  *state = NULL;
}

static void
keep_session(void *context, struct MHD_Connection *connection, void **session,
             enum MHD_ConnectionNotificationCode code)
{
  const struct listener *listener = context;
  (void)connection;
  if (listener->settings.session_create == NULL)
    return;
  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    *session = listener->settings.session_create();
  else
    listener->settings.session_destroy(*session);
}

static unsigned int
threads(void)
{
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  if (processors < 2)
    return 2;
  return processors > HTTP_THREADS_MAX ? HTTP_THREADS_MAX : (unsigned int)processors;
}

static void
say_nothing(void *context, const char *format, va_list arguments)
{
  // A client that hangs up in the middle of a handshake is daily bread here, not news.
  (void)context;
  (void)format;
  (void)arguments;
}

#define LISTENER_TLS_OPTIONS 5

static size_t
add_option(struct MHD_OptionItem *tls, size_t n, enum MHD_OPTION option, const char *value)
{
  if (value != NULL)
    tls[n++] = (struct MHD_OptionItem){option, 0, (void *)(uintptr_t)value};
  return n;
}

// false: there is no TLS.
static bool
fill_tls(const struct listener_settings *settings, struct MHD_OptionItem *tls)
{
  size_t n = 0;
  if (settings->certificate != NULL) {
    n = add_option(tls, n, MHD_OPTION_HTTPS_MEM_KEY, settings->key);
    n = add_option(tls, n, MHD_OPTION_HTTPS_MEM_CERT, settings->certificate);
    n = add_option(tls, n, MHD_OPTION_HTTPS_PRIORITIES, settings->priorities);
    n = add_option(tls, n, MHD_OPTION_HTTPS_MEM_TRUST, settings->clients);
  }
  tls[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
  return n > 0;
}

static struct MHD_Daemon *
start(struct listener *listener)
{
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(listener->settings.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_OptionItem tls[LISTENER_TLS_OPTIONS];
  unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  if (fill_tls(&listener->settings, tls))
    flags |= MHD_USE_TLS;
  return MHD_start_daemon(flags, listener->settings.port, NULL, NULL, handle, listener,
                          MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, MHD_OPTION_SOCK_ADDR,
                          &address, MHD_OPTION_ARRAY, tls, MHD_OPTION_THREAD_POOL_SIZE, threads(),
                          MHD_OPTION_CONNECTION_LIMIT, (unsigned int)HTTP_CONNECTIONS_MAX,
                          MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)HTTP_IDLE_SECONDS,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_MEMORY,
                          MHD_OPTION_NOTIFY_COMPLETED, complete, NULL, MHD_OPTION_NOTIFY_CONNECTION,
                          keep_session, listener, MHD_OPTION_END);
}

struct listener *
listener_create(const struct listener_settings *settings)
{
  struct listener *listener = calloc(1, sizeof(*listener));
  if (listener == NULL)
    return NULL;
  listener->settings = *settings;
  pthread_mutex_init(&listener->lock, NULL);
  listener->clock = clock_create();
  if (listener->clock != NULL)
    listener->daemon = start(listener);
  if (listener->daemon == NULL) {
    int error = errno;
    listener_destroy(listener);
    errno = error;
    return NULL;
  }
  return listener;
}

uint16_t
listener_port(const struct listener *listener)
{
  return MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void
listener_destroy(struct listener *listener)
{
  if (listener == NULL)
    return;
  pthread_mutex_lock(&listener->lock);
  listener->ending = true;
  pthread_mutex_unlock(&listener->lock);
  clock_destroy(listener->clock);
  if (listener->daemon != NULL)
    MHD_stop_daemon(listener->daemon);
  pthread_mutex_destroy(&listener->lock);
  free(listener);
}
