// SPDX-License-Identifier: Apache-2.0
//
// Every limit of the lab in one place: what it will read from a client, hold in memory or make up.
// A peer that a plugin author's half-written client talks to must stay up whatever it is sent.
#ifndef TENON_LAB_LAB_LIMITS_H
#define TENON_LAB_LAB_LIMITS_H

#define LAB_MAILBOXES_DEFAULT 25      // allowed mailboxes when --mailboxes is not given
#define LAB_MAILBOXES_MAX     1000000 // allowed mailboxes at most
#define LAB_LATENCY_MAX_MS    600000  // --latency at most: ten minutes
#define LAB_READY_MAILBOXES   100     // mailboxes named on the ready line
#define LAB_REFUSED_SLOTS     4096    // requests told to wait that are remembered until they return
#define LAB_SUGGESTIONS_MAX   3       // close names in the message about an unknown one

#define HTTP_BODY_MAX          (1024 * 1024) // bytes of a request body, more is 413
#define HTTP_HEADERS_MAX       16            // headers that an answer may carry
#define HTTP_HEADER_VALUE_MAX  192           // bytes of such a header's value
#define HTTP_CONNECTIONS_MAX   4096          // connections at a time
#define HTTP_CONNECTION_MEMORY (32 * 1024)   // bytes for the head of a request
#define HTTP_IDLE_SECONDS      120           // a silent connection is closed after
#define HTTP_THREADS_MAX       4             // event loops
#define HTTP_DRIBBLE_CHUNKS    10            // pieces in which a slow answer is sent

#define DNS_CLIENTS_MAX    8 // clients of the name server over TCP, one more takes another's place
#define DNS_IDLE_MS        5000 // nobody says anything for so long: they are closed
#define DNS_PORT_TRIES_MAX 8    // ports tried until one is free for UDP and TCP

#define XML_ELEMENTS_MAX   1024 // elements in a request
#define XML_DEPTH_MAX      32   // depth of a request
#define XML_ATTRIBUTES_MAX 6    // attributes of an element that are kept, more is refused

#define SIGNIN_CREDENTIALS_MAX 1024 // bytes of base64 in the Authorization header of basic sign-in
#define SIGNIN_TOKEN_MAX       (24 * 1024) // bytes of base64 in that of another scheme
#define SIGNIN_BAD_MAX         3   // wrong passwords after which the scenario `lockout` locks
#define SIGNIN_NAME_MAX        256 // characters of a user or domain name in NTLM, and its end

#define EWS_IDS_MAX         100 // items in one GetFolder or ConvertId
#define EWS_RESOLUTIONS_MAX 100 // results of ResolveNames, as Exchange has it
#define EWS_TEXT_MAX        512 // bytes of a fault's text
#define EWS_ADDRESS_MAX     320 // bytes of a mail address

#endif
