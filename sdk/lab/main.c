// SPDX-License-Identifier: Apache-2.0
//
// tenon-lab: sets the scene, says that it is ready, and waits for the end of its standard input or
// a signal. Whoever started it need not clean up after it.
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <libxml/globals.h>
#include <libxml/parser.h>

#include "certificate.h"
#include "cloud.h"
#include "lab.h"
#include "autodiscover.h"
#include "dns.h"
#include "listener.h"
#include "options.h"
#include "ready.h"
#include "scenario.h"
#include "scratch.h"
#include "service.h"
#include "signin.h"
#include "signin_acceptor.h"
#include "signin_gss.h"

struct stage {
  struct lab lab;
  struct certificate certificate;
  struct scratch scratch;
  struct listener *listener;
  struct listener *plain; // http without TLS
  struct dns *dns;
  int signals;
};

static int
complain(const char *what, int error)
{
  fprintf(stderr, "tenon-lab: %s: %s\n", what, strerror(error));
  return 3;
}

// Signals are read like input, so that the scratch directory is removed on every way out.
static int
catch_signals(void)
{
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  signal(SIGPIPE, SIG_IGN);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
    return -1;
  return signalfd(-1, &set, SFD_CLOEXEC);
}

// libxml2 has a few complaints that it prints past every handler, in the thread where they arise.
static void
swallow(void *context, const char *format, ...)
{
  (void)context;
  (void)format;
}

static void
raise_descriptors(void)
{
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int
open_door(struct stage *stage, uint16_t port)
{
  const struct listener_settings settings = {
      .port = port,
      .certificate = stage->certificate.server,
      .key = stage->certificate.key,
      .priorities = stage->lab.scenario->tls,
      .clients = stage->lab.scenario->wants_client ? stage->certificate.authority : NULL,
      .service = service_answer,
      .context = &stage->lab,
      .session_create = signin_session_create,
      .session_destroy = signin_session_destroy};
  stage->listener = listener_create(&settings);
  if (stage->listener != NULL) {
    snprintf(stage->lab.base, sizeof(stage->lab.base), "https://localhost:%u",
             (unsigned int)listener_port(stage->listener));
    return 0;
  }
  char what[64];
  snprintf(what, sizeof(what), "cannot listen on 127.0.0.1 port %u", (unsigned int)port);
  return complain(what, errno);
}

// Plain http, which Autodiscover's redirect is asked of, and the names.
static int
open_side_doors(struct stage *stage)
{
  const struct listener_settings settings = {.service = service_answer_http,
                                             .context = &stage->lab};
  stage->plain = listener_create(&settings);
  if (stage->plain == NULL)
    return complain("cannot listen on 127.0.0.1", errno);
  stage->dns = dns_create(autodiscover_discovery(&stage->lab)->zone);
  return stage->dns != NULL ? 0 : complain("cannot answer DNS on 127.0.0.1", errno);
}

// The administrator's password, and what accepts it.
static int
set_password(struct stage *stage, const char *file)
{
  char *password = stage->lab.password;
  if (file == NULL)
    return signin_make_password(password, 21) ? 0 : complain("cannot make a password", EIO);
  int error = signin_read_password(file, password, LAB_PASSWORD_ROOM);
  if (error == 0)
    return 0;
  if (error != -EINVAL)
    fprintf(stderr, "tenon-lab: cannot read %s: %s\n", file, strerror(-error));
  else
    fprintf(stderr,
            "tenon-lab: the first line of %s cannot be a password here: it takes 1 to %d printable "
            "ASCII letters and no colon\n",
            file, LAB_PASSWORD_ROOM - 1);
  return 2;
}

static int
set_acceptor(struct stage *stage, const struct options *options)
{
  const struct signin_acceptor_settings settings = {.scenario = options->scenario,
                                                    .password = stage->lab.password,
                                                    .certificate = stage->certificate.server,
                                                    .users_file = stage->scratch.users_file,
                                                    .replay_file = stage->scratch.replay_file,
                                                    .keytab = options->keytab};
  const char *why;
  stage->lab.acceptor = signin_acceptor_create(&settings, &why);
  if (stage->lab.acceptor == NULL) {
    fprintf(stderr, "tenon-lab: %s: %s\n",
            options->keytab != NULL ? options->keytab : "cannot accept sign-ins", why);
    return 3;
  }
  if (stage->lab.acceptor->ntlm == GSS_C_NO_CREDENTIAL &&
      scenario_offers(options->scenario, "NTLM"))
    fputs("tenon-lab: no NTLM sign-in here; it needs the package gss-ntlmssp\n", stderr);
  return 0;
}

static int
set(struct stage *stage, const struct options *options)
{
  struct lab *lab = &stage->lab;
  lab->scenario = options->scenario;
  lab->directory.allowed = options->mailboxes;
  lab->directory.hybrid = options->scenario->online;
  lab->latency_ms = options->latency_ms;
  lab->token_seconds = options->token_seconds;
  stage->signals = catch_signals();
  if (stage->signals < 0)
    return complain("cannot wait for signals", errno);
  raise_descriptors();
  int status = set_password(stage, options->password_file);
  if (status != 0)
    return status;
  if (!certificate_make(options->scenario->certificate, options->scenario->wants_client,
                        &stage->certificate))
    return complain("cannot make certificates", EIO);
  lab->cloud = cloud_create();
  if (lab->cloud == NULL)
    return complain("cannot make the application's certificate", EIO);
  int error = scratch_init(&stage->scratch);
  if (error == 0)
    error = scratch_write_ca(&stage->scratch, stage->certificate.authority);
  if (error == 0)
    error = scratch_write_application(&stage->scratch, lab->cloud->application.pem);
  if (error == 0 && stage->certificate.client != NULL)
    error = scratch_write_client(&stage->scratch, &stage->certificate);
  if (error == 0)
    error = scratch_write_mailboxes(&stage->scratch, &lab->directory);
  if (error != 0)
    return complain("cannot write to the temporary directory (see TMPDIR)", -error);
  status = set_acceptor(stage, options);
  if (status != 0)
    return status;
  status = open_door(stage, options->port);
  return status == 0 ? open_side_doors(stage) : status;
}

// Returns when standard input has ended or a signal has come.
static void
wait_for_end(int signals)
{
  struct pollfd ends[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                          {.fd = signals, .events = POLLIN}};
  for (;;) {
    if (poll(ends, 2, -1) < 0 && errno != EINTR)
      return;
    if (ends[1].revents != 0)
      return;
    if (ends[0].revents == 0)
      continue;
    char ignored[512];
    if (read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0)
      return;
  }
}

static void
strike(struct stage *stage)
{
  listener_destroy(stage->listener);
  listener_destroy(stage->plain);
  dns_destroy(stage->dns);
  signin_acceptor_destroy(stage->lab.acceptor);
  cloud_destroy(stage->lab.cloud);
  certificate_finish(&stage->certificate);
  scratch_finish(&stage->scratch);
  if (stage->signals >= 0)
    close(stage->signals);
}

int
main(int count, char **arguments)
{
  struct options options;
  int status = options_read(count, arguments, &options);
  if (status >= 0)
    return status;
  LIBXML_TEST_VERSION
  xmlThrDefSetGenericErrorFunc(NULL, swallow);
  struct stage stage = {.signals = -1};
  status = set(&stage, &options);
  if (status == 0) {
    const struct ready_ports ports = {.https = listener_port(stage.listener),
                                      .http = listener_port(stage.plain),
                                      .dns = dns_port(stage.dns)};
    int error = ready_print(&stage.lab, &stage.scratch, &ports);
    if (error != 0)
      status = complain("cannot print the ready line", -error);
    else
      wait_for_end(stage.signals);
  }
  strike(&stage);
  return status;
}
