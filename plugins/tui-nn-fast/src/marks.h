/* Where the marks of a text stand: 64 bytes are compared at once, and a bit is set for each that is one of four. */
#ifndef MARKS_H
#define MARKS_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline)) /* a third of the time */

enum { LANES = 16, STRIDE = 64 }; /* bytes that are compared together, and that have a bit each in a word */
typedef uint8_t Bytes __attribute__((vector_size(LANES)));
typedef int8_t Mask __attribute__((vector_size(LANES)));

/* A walk from mark to mark. bits: of the marks from `base` on that are still to come. */
typedef struct {
  const uint8_t *base, *end;
  uint64_t bits;
  uint8_t kinds[4];
} Marks;

/* A bit for each lane that is set. */
INLINE uint64_t bits_of(Mask mask) {
#if defined(__SSE2__)
  return (uint32_t)_mm_movemask_epi8((__m128i)mask);
#else
  uint64_t half[2]; /* the eight lanes of a half are all ones or zeros: each keeps one bit, and a product adds them up */
  memcpy(half, &mask, LANES);
  const uint64_t each = 0x8040201008040201, sum = 0x0101010101010101;
  return ((half[0] & each) * sum >> 56) | ((half[1] & each) * sum >> 56 << 8);
#endif
}

INLINE uint64_t marks_of(const uint8_t *at, const uint8_t *kinds) {
  uint64_t bits = 0;
  for (int part = 0; part < STRIDE; part += LANES) {
    Bytes text;
    memcpy(&text, at + part, LANES);
    bits |= bits_of((text == kinds[0]) | (text == kinds[1]) | (text == kinds[2]) | (text == kinds[3])) << part;
  }
  return bits;
}

/* The marks of the last bytes, fewer than a stride. */
static uint64_t last_marks(const uint8_t *at, const uint8_t *end, const uint8_t *kinds) {
  uint8_t rest[STRIDE] = {0};
  memcpy(rest, at, (size_t)(end - at));
  return marks_of(rest, kinds) & ((1ull << (end - at)) - 1);
}

INLINE void find_marks(Marks *marks) {
  const uint8_t *base = marks->base;
  marks->bits = marks->end - base >= STRIDE ? marks_of(base, marks->kinds) : last_marks(base, marks->end, marks->kinds);
}

/* The next mark, which is passed by; `end` where there is none. */
INLINE const uint8_t *next_mark(Marks *marks) {
  while (!marks->bits) {
    if (marks->end - marks->base <= STRIDE) return marks->end;
    marks->base += STRIDE;
    find_marks(marks);
  }
  const uint8_t *found = marks->base + __builtin_ctzll(marks->bits);
  marks->bits &= marks->bits - 1;
  return found;
}

INLINE Marks marks_in(const uint8_t *text, const uint8_t *end, const uint8_t kinds[4]) {
  Marks marks = {text, end, 0, {kinds[0], kinds[1], kinds[2], kinds[3]}};
  find_marks(&marks);
  return marks;
}

#endif
