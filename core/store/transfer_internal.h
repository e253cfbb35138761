// SPDX-License-Identifier: Apache-2.0
/* The words of the document that both its writer and its reader use. */
#ifndef CORE_STORE_TRANSFER_INTERNAL_H
#define CORE_STORE_TRANSFER_INTERNAL_H

#define TRANSFER_KEY_VERSION     "tenon_export"
#define TRANSFER_KEY_CONNECTIONS "connections"
#define TRANSFER_KEY_FORMER      "former"
#define TRANSFER_KEY_BOX         "sealed"
#define TRANSFER_LABEL           "tenon export 1" /* authenticated with what is sealed */

#endif
