// SPDX-License-Identifier: Apache-2.0
//
// Runs the real tenon-lab and talks to it with libcurl, for the tests beside this file.
#ifndef TENON_TESTS_LAB_CLIENT_H
#define TENON_TESTS_LAB_CLIENT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct lab_run {
  pid_t pid;
  int input;    // closing it ends the lab
  cJSON *ready; // the ready line
};

// Starts the lab with the arguments, ended by NULL, and waits for its ready line. Fails the test
// when there is none.
struct lab_run lab_start(const char *const *arguments);

// Closes the lab's input and waits; returns its exit status, or -1 when it did not end in time.
int lab_stop(struct lab_run *lab);
int lab_wait(struct lab_run *lab);

const char *lab_string(const struct lab_run *lab, const char *key);
const char *lab_password(const struct lab_run *lab);

// Runs the program to its end. Returns the exit status; the outputs are the caller's to free.
int lab_run_once(const char *const *arguments, char **ret_output, char **ret_errors);

struct lab_answer {
  int error; // CURLcode
  long status;
  long connects;
  char *headers;
  char *body;
};

struct lab_question {
  const char *path;          // NULL: the ready line's EWS address
  const char *method;        // NULL: POST
  const char *user;          // NULL: the administrator
  const char *password;      // NULL: the right one
  const char *authorization; // instead of user and password; "" for none
  const char *type;          // Content-Type; NULL: text/xml
  const char *header;        // one more header
  const char *body;
  size_t length; // 0: strlen(body)
};

struct lab_answer lab_ask(const struct lab_run *lab, const struct lab_question *question);
void lab_answer_finish(struct lab_answer *answer);

// An envelope around a header's children and a body's; the caller frees it.
char *lab_envelope(const char *header, const char *body);

// ExchangeImpersonation with one child; the caller frees it.
char *lab_impersonate(const char *kind, const char *value);

// Posts the envelope; `header` and `body` as above. Checks that the answer came.
struct lab_answer lab_post(const struct lab_run *lab, const char *header, const char *body);

// The value of a header of the answer, without the line's end; the caller frees it. NULL: none.
char *lab_header(const struct lab_answer *answer, const char *name);

// The text of ResponseCode (first one), or of faultcode when there is none. "" if neither.
char *lab_code(const struct lab_answer *answer);

#define LAB_GET_FOLDER                                                                             \
  "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"                  \
  "<m:FolderIds><t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds></m:GetFolder>"
#define LAB_CONVERT_ID                                                                             \
  "<m:ConvertId DestinationFormat=\"EntryId\"><m:SourceIds><t:AlternateId Format=\"EwsId\" "       \
  "Id=\"DUMMY\" Mailbox=\"probe@contoso.example\"/></m:SourceIds></m:ConvertId>"
#define LAB_VERSION(value) "<t:RequestServerVersion Version=\"" value "\"/>"

#endif
