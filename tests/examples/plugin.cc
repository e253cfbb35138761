// SPDX-License-Identifier: Apache-2.0
/* A connector in C++17, as strict as compilers are: no designated initializers, so constant expressions set members by
 * name, and nothing of it runs when the file is loaded. */
#include <tenon/http.h>
#include <tenon/plugin.h>

TENON_NOTE("{\"abi\":[1,0],\"needs\":[],\"connectors\":[{\"id\":\"cxx\",\"version\":\"1.0.0\","
           "\"name\":\"C++\","
           "\"summary\":\"A connector in C++\",\"roles\":[\"source\"]}]}");

struct tenon_session {
  const tenon_host *host;
};

namespace
{

constexpr tenon_page
make_page()
{
  tenon_page p{};
  p.size = sizeof p;
  p.id = "server";
  p.title = "Server";
  return p;
}

constexpr tenon_field
make_field()
{
  tenon_field f{};
  f.size = sizeof f;
  f.type = TENON_TEXT;
  f.page = "server";
  f.key = "server";
  f.label = "Server";
  return f;
}

tenon_status
open_session(const tenon_host *host, const tenon_call *, const tenon_sink *, tenon_session **ret)
{
  *ret = new tenon_session{host};
  return TENON_OK;
}

void
close_session(tenon_session *s)
{
  delete s;
}

tenon_status
verify(tenon_session *s, const tenon_call *, const tenon_sink *sink)
{
  tenon_check c{};
  c.size = sizeof c;
  c.state = s->host->now(s->host) > 0 ? TENON_PASS : TENON_FAIL;
  c.level = TENON_LEVEL_REQUIRED;
  c.id = "cxx.clock";
  c.title = "The clock runs";
  c.remedy = "Wind it up.";
  sink->check(sink, &c);
  return TENON_OK;
}

constexpr tenon_page page = make_page();
constexpr tenon_field field = make_field();
const tenon_page *const pages[] = {&page, nullptr};
const tenon_field *const fields[] = {&field, nullptr};

constexpr tenon_connector
make_connector()
{
  tenon_connector c{};
  c.size = sizeof c;
  c.id = "cxx";
  c.version = "1.0.0";
  c.name = "C++";
  c.summary = "A connector in C++";
  c.roles = TENON_SOURCE;
  c.schema = 1;
  c.pages = pages;
  c.fields = fields;
  c.open = open_session;
  c.close = close_session;
  c.verify = verify;
  return c;
}

constexpr tenon_connector connector = make_connector();

} // namespace

TENON_MODULE(&connector);
