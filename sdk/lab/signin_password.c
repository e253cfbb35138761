// SPDX-License-Identifier: Apache-2.0
//
// The administrator's password: made up at each start, or read from a file for those who share it
// with a KDC.
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "signin.h"

bool
signin_make_password(char *ret_password, size_t room)
{
  // No look-alikes, and nothing that a shell or XML would want escaped: people copy it by hand.
  static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.+";
  unsigned char bytes[LAB_PASSWORD_ROOM];
  if (room > sizeof(bytes) || RAND_bytes(bytes, (int)room) != 1)
    return false;
  for (size_t i = 0; i + 1 < room; i++)
    ret_password[i] = letters[bytes[i] % (sizeof(letters) - 1)];
  ret_password[room - 1] = '\0';
  OPENSSL_cleanse(bytes, sizeof(bytes));
  return true;
}

// A colon ends a field in the user file of gss-ntlmssp and in the credentials of basic.
static bool
is_usable(const char *password)
{
  for (const char *letter = password; *letter != '\0'; letter++)
    if (*letter < ' ' || *letter > '~' || *letter == ':')
      return false;
  return password[0] != '\0';
}

int
signin_read_password(const char *path, char *ret_password, size_t room)
{
  FILE *file = fopen(path, "re");
  if (file == NULL)
    return -errno;
  // Unbuffered: no copy of it stays in a buffer that was freed.
  setvbuf(file, NULL, _IONBF, 0);
  char line[LAB_PASSWORD_ROOM + 1] = "";
  bool read = fgets(line, sizeof(line), file) != NULL;
  int error = !read && ferror(file) ? -EIO : 0;
  fclose(file);
  line[strcspn(line, "\r\n")] = '\0';
  if (error == 0 && (strlen(line) >= room || !is_usable(line)))
    error = -EINVAL;
  if (error == 0)
    memcpy(ret_password, line, strlen(line) + 1);
  OPENSSL_cleanse(line, sizeof(line));
  return error;
}
