// SPDX-License-Identifier: Apache-2.0
//
// The hosts of Microsoft's clouds, and the one tenant.
#include "cloud.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenario.h"
#include "signin.h"

#define SCOPE_PEOPLE 2 // allowed people that a scoped application may act as

static const struct {
  const char *login, *graph, *outlook;
  bool government;
} hosts[] = {
    {"login.microsoftonline.com", "graph.microsoft.com", "outlook.office365.com", false},
    {"login.microsoftonline.com", "graph.microsoft.com", "outlook.office.com", false},
    {"login.microsoftonline.us", "graph.microsoft.us", "outlook.office365.us", true},
    {"login.microsoftonline.us", "dod-graph.microsoft.us", "outlook-dod.office365.us", true},
    {"login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn", "partner.outlook.cn",
     false},
};

#define HOSTS (sizeof(hosts) / sizeof(hosts[0]))

static void
make_key(struct cloud *cloud)
{
  if (cloud->key == NULL)
    cloud->key = EVP_RSA_gen(2048);
}

struct cloud *
cloud_create(void)
{
  struct cloud *cloud = calloc(1, sizeof(*cloud));
  if (cloud == NULL)
    return NULL;
  if (!application_make(&cloud->application)) {
    free(cloud);
    return NULL;
  }
  pthread_mutex_init(&cloud->lock, NULL);
  return cloud;
}

void
cloud_destroy(struct cloud *cloud)
{
  if (cloud == NULL)
    return;
  application_finish(&cloud->application);
  EVP_PKEY_free(cloud->key);
  pthread_mutex_destroy(&cloud->lock);
  explicit_bzero(&cloud->grants, sizeof(cloud->grants));
  free(cloud);
}

EVP_PKEY *
cloud_key(struct cloud *cloud)
{
  pthread_mutex_lock(&cloud->lock);
  make_key(cloud);
  pthread_mutex_unlock(&cloud->lock);
  return cloud->key;
}

const struct cloud_play *
cloud_play_of(const struct lab *lab)
{
  static const struct cloud_play nothing;
  return lab->scenario->play != NULL ? lab->scenario->play : &nothing;
}

// The name that the client called, without its port.
static bool
is_called(const struct http_request *request, const char *name)
{
  const char *host = http_request_header(request, "Host");
  size_t length = strlen(name);
  return host != NULL && strncasecmp(host, name, length) == 0 &&
         (host[length] == '\0' || host[length] == ':');
}

bool
cloud_is_tenant(const struct lab *lab, const struct http_request *request, const char *tenant)
{
  bool known = strcasecmp(tenant, CLOUD_TENANT) == 0 || strcasecmp(tenant, DIRECTORY_DOMAIN) == 0 ||
               strcasecmp(tenant, CLOUD_INITIAL) == 0;
  if (!known || (cloud_play_of(lab)->at & CLOUD_AT_TENANT))
    return false;
  bool government = cloud_play_of(lab)->government;
  for (size_t i = 0; i < HOSTS; i++)
    if (is_called(request, hosts[i].login))
      return hosts[i].government == government && strstr(hosts[i].login, ".cn") == NULL;
  return !government;
}

static bool
is_url(const char *host, const char *url, size_t length)
{
  size_t scheme = strlen("https://"), name = strlen(host);
  return length == scheme + name && strncasecmp(url, "https://", scheme) == 0 &&
         strncasecmp(url + scheme, host, name) == 0;
}

enum resource
cloud_resource(const char *url, size_t length)
{
  for (size_t i = 0; i < HOSTS; i++) {
    if (is_url(hosts[i].graph, url, length))
      return RESOURCE_GRAPH;
    if (is_url(hosts[i].outlook, url, length))
      return RESOURCE_EXCHANGE;
  }
  return RESOURCE_NONE;
}

bool
cloud_matches(const struct http_request *request, const char *url, size_t length)
{
  bool real = false;
  for (size_t i = 0; i < HOSTS; i++) {
    if (!is_called(request, hosts[i].login))
      continue;
    real = true;
    if (is_url(hosts[i].graph, url, length) || is_url(hosts[i].outlook, url, length))
      return true;
  }
  return !real;
}

void
cloud_base(const struct http_request *request, char *ret_url, size_t room)
{
  const char *host = http_request_header(request, "Host");
  snprintf(ret_url, room, "https://%.200s", host != NULL ? host : "localhost");
}

bool
cloud_reaches(const struct lab *lab, const struct person *person)
{
  struct person first;
  if (person->kind != PERSON_ALLOWED)
    return person->kind == PERSON_DISABLED;
  directory_person(&lab->directory, PERSON_ALLOWED, 0, &first);
  return !cloud_play_of(lab)->scoped || person->number < first.number + SCOPE_PEOPLE;
}

bool
cloud_answers(const struct lab *lab, const struct person *person)
{
  const struct cloud_play *play = cloud_play_of(lab);
  return cloud_reaches(lab, person) && (!play->mixed || cloud_mixed(person) == 0);
}

unsigned int
cloud_mixed(const struct person *person)
{
  struct person first;
  directory_person(&(struct directory){.allowed = 1}, PERSON_ALLOWED, 0, &first);
  return (unsigned int)((person->number - first.number) % CLOUD_MIXED);
}
