// SPDX-License-Identifier: Apache-2.0
/* What goes out of scope is given back: attributes for memory, descriptors and locks. A variable with one of these
 * starts initialised, and leaves the function by TAKE when the caller is to own what it holds. */
#ifndef CORE_BASE_CLEANUP_H
#define CORE_BASE_CLEANUP_H

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define TENON_NODISCARD          __attribute__((warn_unused_result))
#define TENON_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

static inline void
cleanup_free_(void *p)
{
  free(*(void **)p);
}

static inline void
cleanup_close_(int *fd)
{
  if (*fd >= 0)
    (void)close(*fd);
}

static inline void
cleanup_unlock_(pthread_mutex_t **lock)
{
  if (*lock)
    (void)pthread_mutex_unlock(*lock);
}

#define CLEANUP_FREE  __attribute__((cleanup(cleanup_free_)))
#define CLEANUP_CLOSE __attribute__((cleanup(cleanup_close_)))

/* Holds the lock until the end of the scope. */
#define LOCK_FOR_SCOPE(mutex)        LOCK_FOR_SCOPE_(mutex, __LINE__)
#define LOCK_FOR_SCOPE_(mutex, line) LOCK_FOR_SCOPE__(mutex, line)
#define LOCK_FOR_SCOPE__(mutex, line)                                                              \
  __attribute__((cleanup(cleanup_unlock_), unused)) pthread_mutex_t *lock_##line##_ = (mutex);     \
  if (pthread_mutex_lock(lock_##line##_) != 0)                                                     \
  abort()

/* Hands over what the variable holds and leaves it empty. The operand is evaluated once. */
#define TAKE_PTR(p)                                                                                \
  __extension__({                                                                                  \
    __typeof__(p) *place_ = &(p);                                                                  \
    __typeof__(p) taken_ = *place_;                                                                \
    *place_ = NULL;                                                                                \
    taken_;                                                                                        \
  })
#define TAKE_FD(fd)                                                                                \
  __extension__({                                                                                  \
    int *place_ = &(fd);                                                                           \
    int taken_ = *place_;                                                                          \
    *place_ = -1;                                                                                  \
    taken_;                                                                                        \
  })

#endif
