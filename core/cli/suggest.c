// SPDX-License-Identifier: Apache-2.0
/* "Did you mean": Damerau-Levenshtein (optimal string alignment), so that two letters swapped count once. */
#include <string.h>

#include "core/cli/cli.h"

#define WORD_MAX 64u

static size_t
least(size_t a, size_t b)
{
  return a < b ? a : b;
}

static size_t
distance_of(const char *a, const char *b)
{
  size_t rows[3][WORD_MAX + 1];
  size_t n = strlen(a), m = strlen(b);

  if (n > WORD_MAX || m > WORD_MAX)
    return WORD_MAX;
  for (size_t j = 0; j <= m; j++)
    rows[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    row[0] = i;
    for (size_t j = 1; j <= m; j++) {
      size_t best = least(above[j] + 1, row[j - 1] + 1);
      best = least(best, above[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = least(best, before[j - 2] + 1);
      row[j] = best;
    }
  }
  return rows[n % 3][m];
}

void
suggest_init(struct suggestion *s, const char *typed)
{
  *s = (struct suggestion){.typed = typed, .distance = SIZE_MAX};
}

/* Near: a third of what was typed may be wrong, or it is the beginning of the candidate. */
void
suggest_offer(struct suggestion *s, const char *candidate)
{
  size_t typed = strlen(s->typed);
  size_t distance = distance_of(s->typed, candidate);
  size_t bound = typed < 3 ? 1 : (typed + 2) / 3;

  if (typed >= 3 && strncmp(candidate, s->typed, typed) == 0)
    distance = 1;
  if (distance <= bound && distance < s->distance) {
    s->distance = distance;
    s->best = candidate;
  }
}

const char *
suggest_best(const struct suggestion *s)
{
  return s->best;
}
