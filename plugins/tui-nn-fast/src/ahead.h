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
  int lines;       /* of 64 bytes, at a time */
  int64_t calls;   /* how often it was asked to go on */
} Ahead;

INLINE void call_ahead(Ahead *next) {
  next->calls++;
  for (int line = 0; line < next->lines && next->row < next->count; line++) {
    __builtin_prefetch(next->source + next->rows[next->row] * next->row_bytes + next->at, 0, 2);
    next->at += 64;
    if (next->at < next->row_bytes) continue;
    const char *target = next->targets + next->samples[next->row] * next->target_bytes;
    __builtin_prefetch(target, 0, 2);
    __builtin_prefetch(target + next->target_bytes - 1, 0, 2);
    next->at = 0;
    next->row++;
  }
}

/* Parameters that are needed next, all of them on their way after `calls` calls: those of `rows` rows. */
typedef struct {
  const char *at, *end;
  int lines; /* of 64 bytes, at a time */
} Coming;

INLINE Coming coming_rows(const float *from, int64_t rows, int64_t row, int calls) {
  const char *at = (const char *)from;
  return (Coming){at, at + 4 * rows * row, (int)(4 * rows * row / 64 / calls) + 1};
}

INLINE void call_coming(Coming *coming) {
  for (int line = 0; line < coming->lines && coming->at < coming->end; line++, coming->at += 64)
    __builtin_prefetch(coming->at, 0, 2);
}

#endif
