// SPDX-License-Identifier: Apache-2.0
//
// Files for those who rehearse: what they need to trust the lab's certificate, and whom to try.
#include "scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
scratch_init(struct scratch *scratch)
{
  const char *where = getenv("TMPDIR");
  *scratch = (struct scratch){0};
  char path[PATH_MAX];
  int length = snprintf(path, sizeof(path), "%s/tenon-lab-XXXXXX",
                        where != NULL && where[0] == '/' ? where : "/tmp");
  if (length < 0 || (size_t)length > sizeof(path) - 32)
    return -ENAMETOOLONG;
  if (mkdtemp(path) == NULL)
    return -errno;
  snprintf(scratch->directory, sizeof(scratch->directory), "%s", path);
  snprintf(scratch->ca_file, sizeof(scratch->ca_file), "%.4000s/ca.pem", path);
  snprintf(scratch->mailboxes_file, sizeof(scratch->mailboxes_file), "%.4000s/mailboxes.txt", path);
  snprintf(scratch->application_file, sizeof(scratch->application_file), "%.4000s/application.pem",
           path);
  snprintf(scratch->users_file, sizeof(scratch->users_file), "%.4000s/users", path);
  snprintf(scratch->replay_file, sizeof(scratch->replay_file), "%.4000s/replays", path);
  return 0;
}

static int
write_text(const char *path, const char *text)
{
  FILE *file = fopen(path, "wxe");
  if (file == NULL)
    return -errno;
  fputs(text, file);
  return fclose(file) == 0 ? 0 : -errno;
}

int
scratch_write_ca(const struct scratch *scratch, const char *pem)
{
  return write_text(scratch->ca_file, pem);
}

int
scratch_write_application(const struct scratch *scratch, const char *pem)
{
  return write_text(scratch->application_file, pem);
}

int
scratch_write_client(struct scratch *scratch, const struct certificate *certificate)
{
  snprintf(scratch->client_file, sizeof(scratch->client_file), "%.4000s/client.p12",
           scratch->directory);
  memcpy(scratch->client_password, certificate->client_password, sizeof(scratch->client_password));
  FILE *file = fopen(scratch->client_file, "wxe");
  if (file == NULL)
    return -errno;
  size_t written = fwrite(certificate->client, 1, certificate->client_length, file);
  if (fclose(file) != 0)
    return -errno;
  return written == certificate->client_length ? 0 : -EIO;
}

int
scratch_write_mailboxes(const struct scratch *scratch, const struct directory *people)
{
  FILE *file = fopen(scratch->mailboxes_file, "wxe");
  if (file == NULL)
    return -errno;
  struct person person;
  for (size_t i = 0; i < people->allowed && !ferror(file); i++) {
    directory_person(people, PERSON_ALLOWED, i, &person);
    fputs(person.address, file);
    fputc('\n', file);
  }
  int error = ferror(file) ? EIO : 0;
  if (fclose(file) != 0 && error == 0)
    error = errno;
  return -error;
}

void
scratch_finish(struct scratch *scratch)
{
  if (scratch->directory[0] == '\0')
    return;
  (void)unlink(scratch->ca_file);
  (void)unlink(scratch->mailboxes_file);
  if (scratch->client_file[0] != '\0')
    (void)unlink(scratch->client_file);
  (void)unlink(scratch->application_file);
  (void)unlink(scratch->users_file);
  (void)unlink(scratch->replay_file);
  (void)rmdir(scratch->directory);
  scratch->directory[0] = '\0';
}
