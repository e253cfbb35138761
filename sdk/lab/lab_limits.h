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

#define JSON_DEPTH_MAX 16 // depth of a request in JSON

#define FORM_FIELDS_MAX 32           // fields of a form or a query
#define FORM_BYTES_MAX  (128 * 1024) // bytes of a form

#define JOSE_TOKEN_MAX        (32 * 1024) // bytes of a token
#define JOSE_SIGNATURE_MAX    1024        // bytes of a signature: RSA 8192
#define TOKEN_PERMISSIONS_MAX 1024        // bytes of the roles or scopes of a token
#define TOKEN_SECONDS_DEFAULT 3599        // of an access token's life
#define TOKEN_SECONDS_MAX     86400       // --token-seconds at most

#define CLOUD_BUSY_TIMES 2 // how often Entra is busy

#define GRANTS_MAX      512 // device codes, authorization codes and refresh tokens that are remembered
#define GRANT_TEXT_MAX  1024 // bytes of a grant's scopes, and of the URL that a code is sent to
#define GRANT_NONCE_MAX 256  // bytes of the nonce for an id token
#define ASSERTIONS_MAX  256  // assertions that cannot be used again

#define ENTRA_DETAIL_MAX        256   // bytes of what a request named, as a refusal repeats it
#define ENTRA_EARLY_MS          200   // that a poll may come before its time
#define ENTRA_INTERVAL_S        1     // between two polls of a device code; Entra says 5
#define ENTRA_DEVICE_SECONDS    900   // a device code lives for
#define ENTRA_CODE_SECONDS      600   // an authorization code lives for
#define ENTRA_ASSERTION_SKEW_S  300   // that clocks may differ
#define ENTRA_ASSERTION_SECONDS 86400 // from nbf to exp of an assertion at most

#define GRAPH_BATCH_MAX 20   // parts of a $batch
#define GRAPH_PAGE_MAX  999  // $top at most
#define GRAPH_PAGE      100  // people on a page without $top
#define GRAPH_FOUND_MAX 1000 // people that a search finds
#define GRAPH_PATH_MAX  1024 // bytes of the path of a part

#define EWS_IDS_MAX         100 // items in one GetFolder or ConvertId
#define EWS_RESOLUTIONS_MAX 100 // results of ResolveNames, as Exchange has it
#define EWS_TEXT_MAX        512 // bytes of a fault's text
#define EWS_ADDRESS_MAX     320 // bytes of a mail address

#endif
