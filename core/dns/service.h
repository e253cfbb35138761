// SPDX-License-Identifier: Apache-2.0
/* The service tenon.dns/1 of one session. One thread: that of the hooks. */
#ifndef CORE_DNS_SERVICE_H
#define CORE_DNS_SERVICE_H

#include <tenon/dns.h>

#include "core/base/cleanup.h"

#define DNS_GIVEN_MAX 256u /* given and not yet released */

struct dns_service;

TENON_NODISCARD struct dns_service *dns_service_create(void); /* NULL: no memory */
void dns_service_destroy(struct dns_service *);               /* NULL is fine */
/* What tenon_host.extension(TENON_DNS_ID) gives. Valid until destroy. */
TENON_NODISCARD const tenon_dns *dns_service_table(struct dns_service *);
/* When a hook has returned: takes every answer back. */
void dns_service_finish_hook(struct dns_service *);

#endif
