// SPDX-License-Identifier: Apache-2.0
//
// The lab's command line.
#ifndef TENON_LAB_OPTIONS_H
#define TENON_LAB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scenario;

struct options {
  const struct scenario *scenario;
  size_t mailboxes;
  int latency_ms;
  int token_seconds;
  uint16_t port;
  const char *password_file; // NULL: one is made up
  const char *keytab;        // NULL: no Kerberos
};

// Reads the arguments. Returns -1 to go on, else the exit status: --help, --list and --version are
// done here, and so is the message about a wrong argument (2).
int options_read(int count, char **arguments, struct options *ret_options);

#endif
