/* What the processor will need next is on its way while it multiplies. */
#ifndef AHEAD_H
#define AHEAD_H

#include "vectors.h"

/* The samples that follow, called into the second cache a few lines at a time, while the processor multiplies. */
typedef struct {
  const char *source, *targets;  /* targets may be NULL */
  const int64_t *rows, *samples; /* where the samples lie in either; NULL: in order */
  int64_t count, row_bytes, target_bytes;
  int64_t row, at; /* how far it has got */
  int lines;       /* of 64 bytes, at a time */
  int64_t calls;   /* how often it was asked to go on */
} Ahead;

/* Of these each brings its part: as many calls as the samples before made, for they are as many. */
INLINE void spread_over(Ahead *next, int64_t calls) {
  next->lines = (int)(next->count * ((next->row_bytes + 63) / 64 + 1) / (calls ? calls : 100)) + 1;
}

static __attribute__((noinline)) void call_lines(Ahead *next) {
  for (int line = 0; line < next->lines && next->row < next->count; line++) {
    const int64_t row = next->rows ? next->rows[next->row] : next->row;
    __builtin_prefetch(next->source + row * next->row_bytes + next->at, 0, 2);
    next->at += 64;
    if (next->at < next->row_bytes) continue;
    if (next->targets) {
      const char *target = next->targets + (next->samples ? next->samples[next->row] : next->row) * next->target_bytes;
      __builtin_prefetch(target, 0, 2);
      __builtin_prefetch(target + next->target_bytes - 1, 0, 2);
    }
    next->at = 0;
    next->row++;
  }
}

INLINE void call_ahead(Ahead *next) {
  next->calls++;
  if (next->row < next->count) call_lines(next);
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
