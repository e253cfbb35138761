// SPDX-License-Identifier: Apache-2.0
/* Reading an NTLM challenge. All numbers are little-endian; all names in the target information are UTF-16LE, whatever
 * was negotiated (MS-NLMP 2.2.2.1). */
#include "core/http/ntlm.h"

#include <stdint.h>
#include <string.h>

#include "core/base/utf8.h"

#define SIGNATURE     "NTLMSSP" /* with its NUL */
#define TYPE_AT       8
#define INFO_AT       40 /* TargetInfoFields: length, room, offset */
#define CHALLENGE_MIN 48

enum av { AV_EOL = 0, AV_NB_COMPUTER, AV_NB_DOMAIN, AV_DNS_COMPUTER, AV_DNS_DOMAIN };

static uint32_t
le16(const unsigned char *p)
{
  return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t
le32(const unsigned char *p)
{
  return le16(p) | le16(p + 2) << 16;
}

/* One character of UTF-16LE, at least two bytes of which are there; surrogates that stand alone become themselves, and
 * utf8_printable refuses them. */
static uint32_t
take_char(const unsigned char *p, size_t n, size_t *at)
{
  uint32_t c = le16(p + *at);
  *at += 2;
  if (c < 0xd800 || c > 0xdbff || n - *at < 2)
    return c;
  uint32_t low = le16(p + *at);
  if (low < 0xdc00 || low > 0xdfff)
    return c;
  *at += 2;
  return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static size_t
put_char(char *to, uint32_t c)
{
  if (c < 0x80) {
    to[0] = (char)c;
    return 1;
  }
  if (c < 0x800) {
    to[0] = (char)(0xc0 | c >> 6);
    to[1] = (char)(0x80 | (c & 0x3f));
    return 2;
  }
  if (c < 0x10000) {
    to[0] = (char)(0xe0 | c >> 12);
    to[1] = (char)(0x80 | (c >> 6 & 0x3f));
    to[2] = (char)(0x80 | (c & 0x3f));
    return 3;
  }
  to[0] = (char)(0xf0 | c >> 18);
  to[1] = (char)(0x80 | (c >> 12 & 0x3f));
  to[2] = (char)(0x80 | (c >> 6 & 0x3f));
  to[3] = (char)(0x80 | (c & 0x3f));
  return 4;
}

static void
read_name(const unsigned char *p, size_t n, char to[static NTLM_NAME_MAX + 1])
{
  size_t len = 0, at = 0;
  while (n - at >= 2) {
    if (NTLM_NAME_MAX - len < 4) {
      to[0] = '\0';
      return;
    }
    len += put_char(to + len, take_char(p, n, &at));
  }
  to[len] = '\0';
  if (strlen(to) != len || !utf8_printable(to, len) || strpbrk(to, "\t\n"))
    to[0] = '\0';
}

static void
read_info(const unsigned char *p, size_t n, struct ntlm_challenge *ret)
{
  char netbios[NTLM_NAME_MAX + 1] = "", name[NTLM_NAME_MAX + 1];
  while (n >= 4) {
    uint32_t id = le16(p), len = le16(p + 2);
    if (id == AV_EOL || len > n - 4)
      break;
    memset(name, 0, sizeof name);
    read_name(p + 4, len, name);
    char *to = id == AV_NB_COMPUTER    ? netbios
               : id == AV_NB_DOMAIN    ? ret->netbios_domain
               : id == AV_DNS_COMPUTER ? ret->server_name
               : id == AV_DNS_DOMAIN   ? ret->dns_domain
                                       : NULL;
    if (to)
      memcpy(to, name, sizeof name);
    p += 4 + len;
    n -= 4 + len;
  }
  if (!*ret->server_name)
    memcpy(ret->server_name, netbios, sizeof netbios);
}

bool
ntlm_read_challenge(const void *bytes, size_t n, struct ntlm_challenge *ret)
{
  const unsigned char *p = n < CHALLENGE_MIN ? NULL : memmem(bytes, n, SIGNATURE, sizeof SIGNATURE);
  if (!p)
    return false;
  n -= (size_t)(p - (const unsigned char *)bytes);
  if (n < CHALLENGE_MIN || le32(p + TYPE_AT) != 2)
    return false;
  uint32_t len = le16(p + INFO_AT), at = le32(p + INFO_AT + 4);
  if (at > n || len > n - at)
    return false;
  memset(ret, 0, sizeof *ret);
  read_info(p + at, len, ret);
  return true;
}
