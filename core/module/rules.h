// SPDX-License-Identifier: Apache-2.0
/* The rules of the ABI that are enforced here, by their numbers in docs/abi.md. A number is never reused, and what is
 * refused is refused by one of them: the number is what a plugin author looks up. */
#ifndef CORE_MODULE_RULES_H
#define CORE_MODULE_RULES_H

/* the file */
#define TR_FILE    "TR-01" /* regular, readable, not too large */
#define TR_OWNER   "TR-02"
#define TR_MODE    "TR-03"
#define TR_SYMLINK "TR-04"
#define TR_WHOLE   "TR-05" /* an ELF file with nothing outside its bounds */
#define TR_MACHINE "TR-06"
#define TR_SHARED  "TR-07"
/* the note */
#define TR_NOTE         "TR-08"
#define TR_NOTE_GRAMMAR "TR-09"
#define TR_ABI_MAJOR    "TR-10"
/* what the file asks of the loader */
#define TR_EXEC_STACK   "TR-11"
#define TR_WRITE_EXEC   "TR-12"
#define TR_RUNPATH      "TR-13"
#define TR_STATIC_TLS   "TR-14"
#define TR_ENTRY        "TR-15"
#define TR_HOST_SYMBOLS "TR-16"
#define TR_IMPORTS      "TR-18" /* every library and symbol it needs is there */
#define TR_SAME_FILE    "TR-19" /* what was checked is what runs */
/* the descriptor */
#define TR_SIZE      "TR-20"
#define TR_EQUAL     "TR-21" /* note and descriptor */
#define TR_TEXT      "TR-22"
#define TR_GRAMMAR   "TR-23"
#define TR_HOOKS     "TR-24"
#define TR_PAGES     "TR-25"
#define TR_FIELDS    "TR-26"
#define TR_PRESET    "TR-27"
#define TR_CHOICES   "TR-28"
#define TR_WHEN      "TR-29"
#define TR_BOUNDS    "TR-30"
#define TR_CONNECTOR "TR-31" /* the connector asked for is in the file */
/* a check */
#define TR_CHECK_TEXT    "TR-40"
#define TR_CHECK_ID      "TR-41"
#define TR_CHECK_REMEDY  "TR-42"
#define TR_CHECK_ONCE    "TR-43"
#define TR_CHECK_SUBJECT "TR-44"
#define TR_CHECK_FIELD   "TR-45"
#define TR_SINK_HOOK     "TR-46" /* offers, patches and steps belong to their hooks */
#define TR_SUBJECT_OPEN  "TR-47" /* every subject taken is closed */
#define TR_STATUS        "TR-48"
/* a hook */
#define TR_REVEAL  "TR-50"
#define TR_TICKETS "TR-51"
#define TR_SIGNIN  "TR-52"
#define TR_THREADS "TR-53"
#define TR_SILENCE "TR-58" /* open and verify say why they failed, and end what they began */

#endif
