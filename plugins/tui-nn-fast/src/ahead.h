/* What the processor will need next is on its way while it multiplies. */
#ifndef AHEAD_H
#define AHEAD_H

#include "vectors.h"

/* The rows of the next batch, called into the second cache a few lines at a time, while the processor multiplies. */
typedef struct {
  const char *source, *targets;
  const int64_t *rows, *samples; /* where the next batch lies in either */
  int64_t count, row_bytes, target_bytes;
  int64_t row, at; /* how far it has got */
  int lines;    /* of 64 bytes, at a time */
} Ahead;

INLINE void call_ahead(Ahead *next) {
  if (next->row >= next->count) return;
  const char *row = next->source + next->rows[next->row] * next->row_bytes + next->at;
  for (int line = 0; line < next->lines; line++) __builtin_prefetch(row + 64 * line, 0, 2);
  next->at += 64 * next->lines;
  if (next->at < next->row_bytes) return;
  const char *target = next->targets + next->samples[next->row] * next->target_bytes;
  __builtin_prefetch(target, 0, 2);
  __builtin_prefetch(target + next->target_bytes - 1, 0, 2);
  next->at = 0;
  next->row++;
}

#endif
