// SPDX-License-Identifier: Apache-2.0
//
// One poll loop. TCP has the same port as UDP, as clients expect; a client of it that says nothing, or
// half a question, is closed after a while, and the longest silent one makes room for the next.
#include "dns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab_limits.h"

struct client {
  int fd; // -1: free
  size_t have;
  unsigned char bytes[2 + DNS_MESSAGE_MAX];
};

struct dns {
  const struct dns_record *zone;
  int udp;
  int tcp;
  int end; // eventfd
  uint16_t port;
  bool running;
  size_t next_client; // to make room
  pthread_t thread;
  struct client clients[DNS_CLIENTS_MAX];
};

static void
answer_udp(struct dns *dns)
{
  unsigned char query[DNS_MESSAGE_MAX + 1], answer[DNS_MESSAGE_MAX];
  struct sockaddr_in from;
  socklen_t size = sizeof(from);
  ssize_t got =
      recvfrom(dns->udp, query, sizeof(query), MSG_DONTWAIT, (struct sockaddr *)&from, &size);
  if (got <= 0)
    return;
  size_t length = dns_message_answer(dns->zone, query, (size_t)got, answer);
  if (length > 0)
    (void)sendto(dns->udp, answer, length, MSG_DONTWAIT, (struct sockaddr *)&from, size);
}

static void
close_client(struct client *client)
{
  if (client->fd >= 0)
    close(client->fd);
  *client = (struct client){.fd = -1};
}

static void
take_client(struct dns *dns)
{
  int fd = accept4(dns->tcp, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0)
    return;
  struct client *client = NULL;
  for (size_t i = 0; i < DNS_CLIENTS_MAX && client == NULL; i++)
    if (dns->clients[i].fd < 0)
      client = &dns->clients[i];
  if (client == NULL) {
    client = &dns->clients[dns->next_client];
    dns->next_client = (dns->next_client + 1) % DNS_CLIENTS_MAX;
    close_client(client);
  }
  *client = (struct client){.fd = fd};
}

// A message of TCP has its length before it (RFC 1035 4.2.2).
static bool
answer_tcp(struct dns *dns, struct client *client)
{
  unsigned char answer[2 + DNS_MESSAGE_MAX];
  size_t wanted = (size_t)client->bytes[0] << 8 | client->bytes[1];
  if (client->have < 2 || client->have < 2 + wanted)
    return client->have < 2 || wanted <= DNS_MESSAGE_MAX;
  size_t length = dns_message_answer(dns->zone, client->bytes + 2, wanted, answer + 2);
  answer[0] = (unsigned char)(length >> 8);
  answer[1] = (unsigned char)length;
  client->have -= 2 + wanted;
  memmove(client->bytes, client->bytes + 2 + wanted, client->have);
  return length > 0 && send(client->fd, answer, length + 2, MSG_NOSIGNAL) == (ssize_t)(length + 2);
}

static void
read_client(struct dns *dns, struct client *client)
{
  ssize_t got =
      recv(client->fd, client->bytes + client->have, sizeof(client->bytes) - client->have, 0);
  if (got > 0)
    client->have += (size_t)got;
  if ((got <= 0 && errno != EAGAIN) || got == 0 || !answer_tcp(dns, client))
    close_client(client);
}

static void *
serve(void *pointer)
{
  struct dns *dns = pointer;
  for (;;) {
    struct pollfd fds[3 + DNS_CLIENTS_MAX] = {{.fd = dns->end, .events = POLLIN},
                                              {.fd = dns->udp, .events = POLLIN},
                                              {.fd = dns->tcp, .events = POLLIN}};
    for (size_t i = 0; i < DNS_CLIENTS_MAX; i++)
      fds[3 + i] = (struct pollfd){.fd = dns->clients[i].fd, .events = POLLIN};
    int ready = poll(fds, 3 + DNS_CLIENTS_MAX, DNS_IDLE_MS);
    if (fds[0].revents != 0)
      return NULL;
    for (size_t i = 0; i < DNS_CLIENTS_MAX; i++) {
      if (ready == 0)
        close_client(&dns->clients[i]);
      else if (fds[3 + i].revents != 0)
        read_client(dns, &dns->clients[i]);
    }
    if (ready > 0 && fds[1].revents != 0)
      answer_udp(dns);
    if (ready > 0 && fds[2].revents != 0)
      take_client(dns);
  }
}

static int
bind_to(int type, uint16_t *port)
{
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(*port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof(address);
  int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 &&
      (type != SOCK_STREAM || listen(fd, DNS_CLIENTS_MAX) == 0) &&
      getsockname(fd, (struct sockaddr *)&address, &size) == 0) {
    *port = ntohs(address.sin_port);
    return fd;
  }
  int error = errno;
  if (fd >= 0)
    close(fd);
  errno = error;
  return -1;
}

// The port that UDP got may be taken for TCP: another one is tried then.
static bool
open_ports(struct dns *dns)
{
  for (int tries = 0; tries < DNS_PORT_TRIES_MAX; tries++) {
    dns->port = 0;
    dns->udp = bind_to(SOCK_DGRAM, &dns->port);
    if (dns->udp < 0)
      return false;
    dns->tcp = bind_to(SOCK_STREAM, &dns->port);
    if (dns->tcp >= 0)
      return true;
    close(dns->udp);
    dns->udp = -1;
  }
  return false;
}

struct dns *
dns_create(const struct dns_record *zone)
{
  struct dns *dns = calloc(1, sizeof(*dns));
  if (dns == NULL)
    return NULL;
  dns->zone = zone;
  dns->udp = dns->tcp = -1;
  for (size_t i = 0; i < DNS_CLIENTS_MAX; i++)
    dns->clients[i].fd = -1;
  dns->end = eventfd(0, EFD_CLOEXEC);
  if (dns->end >= 0 && open_ports(dns) && pthread_create(&dns->thread, NULL, serve, dns) == 0) {
    dns->running = true;
    return dns;
  }
  int error = errno;
  dns_destroy(dns);
  errno = error;
  return NULL;
}

uint16_t
dns_port(const struct dns *dns)
{
  return dns->port;
}

void
dns_destroy(struct dns *dns)
{
  if (dns == NULL)
    return;
  uint64_t one = 1;
  if (dns->running && write(dns->end, &one, sizeof(one)) == sizeof(one))
    pthread_join(dns->thread, NULL);
  for (size_t i = 0; i < DNS_CLIENTS_MAX; i++)
    close_client(&dns->clients[i]);
  if (dns->udp >= 0)
    close(dns->udp);
  if (dns->tcp >= 0)
    close(dns->tcp);
  if (dns->end >= 0)
    close(dns->end);
  free(dns);
}
