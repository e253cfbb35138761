// SPDX-License-Identifier: Apache-2.0
//
// The lab's name server: UDP and TCP on 127.0.0.1, one thread, one table.
#ifndef TENON_LAB_DNS_H
#define TENON_LAB_DNS_H

#include "dns_message.h"

struct dns;

// NULL: it could not listen; errno says why. The table lives as long as the server.
struct dns *dns_create(const struct dns_record *zone);
uint16_t dns_port(const struct dns *dns);
void dns_destroy(struct dns *dns);

#endif
