/* The way forward through wide layers where lanes are many: sixteen of them take so many steps to be added up that it is
   quicker to turn Theta, a strip of two vectors of units at a time, input after input. Twelve samples are multiplied with
   it together, and nothing has to be added up. */
#ifndef TURNED_H
#define TURNED_H

#include "ahead.h"

#if LANES == 16
enum { STRIP = 2 * LANES };
enum { TURNED = 64 }; /* samples: with fewer, turning takes longer than it saves */
enum { PACE = 50 };   /* inputs from one call ahead to the next */

/* to[p][i] = w[i][p] for LANES rows and columns: pairs change places at distances of 1, 2, 4, 8. */
#define SWAP(DISTANCE, LOW, HIGH)                                                                                      \
  UNROLL for (int i = 0; i < LANES; i++) if (!(i & DISTANCE)) {                                                        \
    V low = PICK(r[i], r[i + DISTANCE], LOW), high = PICK(r[i], r[i + DISTANCE], HIGH);                                \
    r[i] = low, r[i + DISTANCE] = high;                                                                                \
  }
#define SPREAD(...) __VA_ARGS__
INLINE void turn(const float *w, int64_t w_row, float *to, int64_t to_row) {
  V r[LANES];
  UNROLL for (int i = 0; i < LANES; i++) r[i] = load(w + i * w_row);
  SWAP(1, SPREAD(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30), SPREAD(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
  SWAP(2, SPREAD(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29), SPREAD(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
  SWAP(4, SPREAD(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27), SPREAD(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
  SWAP(8, SPREAD(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), SPREAD(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
  UNROLL for (int i = 0; i < LANES; i++) store(to + i * to_row, r[i]);
}

INLINE void turned_tile(const int samples, const float *x, int64_t x_row, const float *strip, int length, float *z,
                        int64_t z_row, Coming *coming, Ahead *next) {
  V sums[12][2];
  UNROLL for (int i = 0; i < samples; i++) sums[i][0] = sums[i][1] = all(0);
  for (int p = 0; p < length;) {
    const int end = p + PACE < length ? p + PACE : length;
    for (; p < end; p++, strip += STRIP) {
      V b0 = load(strip), b1 = load(strip + LANES);
      HOLD(b0);
      HOLD(b1);
      UNROLL for (int i = 0; i < samples; i++) {
        V a = all(x[i * x_row + p]);
        HOLD(a);
        sums[i][0] += a * b0;
        sums[i][1] += a * b1;
      }
    }
    call_coming(coming);
    if (next) call_ahead(next);
  }
  UNROLL for (int i = 0; i < samples; i++) {
    store(z + i * z_row, sums[i][0]);
    store(z + i * z_row + LANES, sums[i][1]);
  }
}

#define TURNED_TILE(SAMPLES)                                                                                           \
  static __attribute__((noinline)) void turned_##SAMPLES(const float *x, int64_t x_row, const float *strip, int length, \
      float *z, int64_t z_row, Coming *coming, Ahead *next) {                                                                          \
    turned_tile(SAMPLES, x, x_row, strip, length, z, z_row, coming, next);                                                     \
  }
TURNED_TILE(12) TURNED_TILE(8) TURNED_TILE(4) TURNED_TILE(1)

/* Strip after strip: each takes the room of its units. */
static void turn_strip(const float *w, int64_t w_row, int length, float *strip) {
  for (int p = 0; p < length; p += LANES)
    for (int half = 0; half < STRIP; half += LANES) turn(w + half * w_row + p, w_row, strip + p * STRIP + half, STRIP);
}
static void turn_layer(const float *w, int64_t w_row, int units, int length, float *turned) {
  for (int j = 0; j + STRIP <= units; j += STRIP) turn_strip(w + j * w_row, w_row, length, turned + j * w_row);
}

/* z of the units that fill whole strips; gives how many there are. `turned`: the strips, if they are there already. */
static int turned_product(const float *x, int64_t x_row, const float *w, int64_t w_row, int samples, int units, int length,
                          float *z, int64_t z_row, float *strip, const float *turned, Ahead *next) {
  if (samples < TURNED && !turned) return 0;
  const int calls = (samples + 11) / 12 * ((length + PACE - 1) / PACE);
  int j = 0;
  for (; j + STRIP <= units; j += STRIP) {
    const int left = units - j - STRIP;
    Coming coming = coming_rows(w + (j + STRIP) * w_row, turned ? 0 : left < STRIP ? left : STRIP, w_row, calls);
    if (!turned) turn_strip(w + j * w_row, w_row, length, strip);
    const float *used = turned ? turned + j * w_row : strip;
    for (int i = 0; i < samples;) {
      const int rest = samples - i, count = rest >= 12 ? 12 : rest >= 8 ? 8 : rest >= 4 ? 4 : 1;
      (count == 12 ? turned_12 : count == 8 ? turned_8 : count == 4 ? turned_4 : turned_1)(
          x + i * x_row, x_row, used, length, z + i * z_row + j, z_row, &coming, next);
      i += count;
    }
  }
  return j;
}
#else
enum { TURNED = 1 << 30 };
static void turn_layer(const float *w, int64_t w_row, int units, int length, float *turned) {
  (void)w, (void)w_row, (void)units, (void)length, (void)turned;
}
INLINE int turned_product(const float *x, int64_t x_row, const float *w, int64_t w_row, int samples, int units, int length,
                          float *z, int64_t z_row, float *strip, const float *turned, Ahead *next) {
  (void)x, (void)x_row, (void)w, (void)w_row, (void)samples, (void)units, (void)length, (void)z, (void)z_row, (void)strip;
  (void)turned, (void)next;
  return 0;
}
#endif

#endif
