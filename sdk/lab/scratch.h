// SPDX-License-Identifier: Apache-2.0
//
// The lab's private directory: the CA file and the list of mailboxes, for as long as it runs.
#ifndef TENON_LAB_SCRATCH_H
#define TENON_LAB_SCRATCH_H

#include <limits.h>
#include <stdbool.h>

#include "certificate.h"
#include "directory.h"

struct scratch {
  char directory[PATH_MAX];
  char ca_file[PATH_MAX];
  char mailboxes_file[PATH_MAX];
  char client_file[PATH_MAX]; // PKCS#12; "" until it is written
  char client_password[CERTIFICATE_PASSWORD_ROOM];
  char application_file[PATH_MAX]; // PEM of the application's key and certificate
  char users_file[PATH_MAX];       // of gss-ntlmssp: the lab's own, with the password in it
  char replay_file[PATH_MAX];      // of Kerberos
};

// Makes the directory (mode 0700) under $TMPDIR or /tmp. All return 0 or a negative errno value.
int scratch_init(struct scratch *scratch);
int scratch_write_ca(const struct scratch *scratch, const char *pem);
int scratch_write_application(const struct scratch *scratch, const char *pem);
int scratch_write_client(struct scratch *scratch, const struct certificate *certificate);
int scratch_write_mailboxes(const struct scratch *scratch, const struct directory *people);

// Removes it with what the lab wrote.
void scratch_finish(struct scratch *scratch);

#endif
